package bench

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Distance puts a network before a database: every answer comes later by a
// round trip, as from a managed one. It returns the address to use instead.
func Distance(database string, roundTrip time.Duration) (farther string, stop func() error, err error) {
	config, err := pgx.ParseConfig(database)
	if err != nil {
		return "", nil, fmt.Errorf("read the database's URL: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				client.Close()
				continue
			}
			go carry(server, client, 0)
			go carry(client, server, roundTrip)
		}
	}()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: listener.Addr().String(),
		Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return u.String(), listener.Close, nil
}

// carry moves bytes, each later by as much; more may be under way at once.
func carry(to, from net.Conn, later time.Duration) {
	defer to.Close()
	defer from.Close()
	if later == 0 {
		_, _ = io.Copy(to, from) // ends with the connection
		return
	}
	type piece struct {
		due   time.Time
		bytes []byte
	}
	underWay := make(chan piece, 1000)
	go func() {
		defer close(underWay)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				underWay <- piece{time.Now().Add(later), b[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range underWay {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.bytes); err != nil {
			from.Close()
		}
	}
}
