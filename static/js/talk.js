// Open pages of conversations: new messages, the count, and drafts that survive.
// Without this file one follows the link "look for new messages" and presses "keep".

const PAUSE = 5000; // milliseconds between questions, while the page is looked at
const LONGEST = 300000; // milliseconds between questions while nobody looks
const REST = 2000; // milliseconds without a keystroke before a draft is kept
const BARE = document.title.replace(/^\(\d+\) /, "");

async function request(address, values) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
  if (answer.status !== 200 || answer.redirected) return null;
  const text = await answer.text(); // nothing is there if nothing is new
  return text ? new DOMParser().parseFromString(text, "text/html") : null;
}

// The count stands at "Messages" in the frame and before the title of the tab.
function showCount(page) {
  const count = page.querySelector(".count");
  const number = count ? Number.parseInt(count.textContent, 10) : 0;
  for (const link of document.querySelectorAll(".nav-main a[href$='/messages']")) {
    link.querySelector(".count")?.remove();
    if (count) link.append(count.cloneNode(true));
  }
  document.title = number ? `(${number}) ${BARE}` : BARE;
  return number;
}

// Asks again and again: often while somebody looks, ever more rarely otherwise.
function keepAsking(look, glance) {
  let pause = PAUSE;
  let asking = false;
  let timer = 0;
  async function ask() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const seen = document.visibilityState === "visible";
    try {
      await (seen ? look : glance)();
    } catch {
      // The line is down: the next question may get through.
    }
    asking = false;
    pause = seen ? PAUSE : Math.min(pause * 2, LONGEST);
    timer = setTimeout(ask, pause);
  }
  timer = setTimeout(ask, pause);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
}

function glanceFor(place) {
  return async () => {
    const page = await request(place.dataset.count, { known: place.dataset.unread });
    if (page) place.dataset.unread = String(showCount(page));
    return page !== null;
  };
}

function followTalk(talk) {
  async function look() {
    const { total, seen, unread, more } = talk.dataset;
    const page = await request(more, { after: total, seen, unread });
    const fresh = page?.querySelector("ol[data-total]");
    if (!fresh) return;
    talk.dataset.total = fresh.dataset.total;
    talk.dataset.unread = fresh.dataset.unread;
    showCount(page);
    const lines = [...fresh.children].filter((line) => !document.getElementById(line.id || "-"));
    talk.append(...lines);
    const mark = page.querySelector("body > .seen");
    for (const old of talk.querySelectorAll(".seen")) old.remove();
    talk.dataset.seen = mark ? "1" : "0";
    if (mark) [...talk.querySelectorAll("li.mine .meta")].pop()?.append(mark);
    if (lines.length) talk.lastElementChild.scrollIntoView({ block: "nearest" });
  }
  keepAsking(look, glanceFor(talk));
}

function followInbox(inbox) {
  const glance = glanceFor(inbox);
  async function look() {
    if (!(await glance())) return;
    const page = await request(location.href, {});
    const fresh = page?.getElementById("threads");
    if (fresh) inbox.replaceChildren(...fresh.childNodes);
  }
  keepAsking(look, glance);
}

function keepDrafts(form) {
  const text = form.querySelector("textarea");
  const state = form.querySelector(".draft-state");
  let kept = text.value;
  let timer = 0;
  let gone = false; // sent: what is on its way must not come back as a draft
  async function keep() {
    clearTimeout(timer);
    if (gone || text.value === kept) return;
    const body = new FormData(form);
    const value = text.value;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body,
        // Also while the page is being left; browsers carry at most 64 kB then.
        keepalive: value.length < 15000,
        headers: { "X-Requested-With": "fetch" },
      });
      if (answer.status !== 204) return;
      kept = value;
      state.textContent = value.trim() ? form.dataset.kept : "";
    } catch {
      // The line is down: the next pause in typing tries again.
    }
  }
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
  });
  form.addEventListener("submit", () => {
    gone = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => {
    gone = false;
  });
  window.addEventListener("pagehide", keep);
}

export function followConversation(root) {
  const talk = root.querySelector(".talk[data-more]");
  if (talk) followTalk(talk);
  const inbox = root.querySelector("#threads[data-count]");
  if (inbox) followInbox(inbox);
  const form = root.querySelector("form[data-draft]");
  if (form) keepDrafts(form);
}
