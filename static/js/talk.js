// An open conversation asks for new messages; without this file one reloads.

const PAUSE = 5000; // milliseconds between questions, while the page is looked at

export function followConversation(root) {
  const talk = root.querySelector(".talk[data-more]");
  if (!talk) return;

  let asking = false; // two answers to one question would show a message twice

  async function ask() {
    if (asking || document.visibilityState !== "visible") return;
    asking = true;
    const url = new URL(talk.dataset.more, location.href);
    url.searchParams.set("after", String(talk.children.length));
    try {
      const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = [...page.querySelectorAll("li")];
      if (fresh.length === 0) return;
      talk.append(...fresh);
      talk.lastElementChild.scrollIntoView({ block: "nearest" });
    } catch {
      // The line is down: the next question may get through.
    } finally {
      asking = false;
    }
  }

  setInterval(ask, PAUSE);
  document.addEventListener("visibilitychange", ask);
}
