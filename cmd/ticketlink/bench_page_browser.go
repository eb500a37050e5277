//go:build browser

package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/ticketlink/ticketlink/cmd/ticketlink/bench"
)

// openBrowser opens Chromium: the program that TICKETLINK_CHROMIUM names.
func openBrowser(ctx context.Context) (bench.Paint, func(), error) {
	program := cmp.Or(os.Getenv("TICKETLINK_CHROMIUM"), "chromium")
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU)
	alloc, stop := chromedp.NewExecAllocator(ctx, flags...)
	tab, end := chromedp.NewContext(alloc)
	closeAll := func() { end(); stop() }
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1440, 900)); err != nil {
		closeAll()
		return nil, nil, fmt.Errorf("start %s: %w", program, err)
	}
	return func(_ context.Context, url string) (time.Duration, error) {
		if err := chromedp.Do(tab, chromedp.Navigate(url)); err != nil {
			return 0, err
		}
		millis, err := chromedp.Run(tab, chromedp.Poll[float64](`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`))
		return time.Duration(millis * float64(time.Millisecond)), err
	}, closeAll, nil
}
