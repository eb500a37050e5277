// Reloads the main part of the page every few seconds, without moving it.
setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(next.querySelector("main"));
}, 3000);
