// Starts the components. Everything works without this file; it only makes some of it quicker to use.
import { initAll as initGovuk } from "./govuk-frontend.js";
import { initAll as initMoj } from "./moj-frontend.js";

initGovuk();
initMoj();
foldFilters();
unfoldForPaper();
privacyScreen(document.getElementById("privacy-screen"));
sessionTimeout(document.getElementById("session-timeout"));

// On a narrow screen the filters stand above the list: fold them away, so that the list is seen first.
function foldFilters() {
  if (!matchMedia("(max-width: 64em)").matches) return;
  for (const filter of document.querySelectorAll("details.iom-filter")) filter.open = false;
}

// What is folded away on the screen is part of the page on paper: a figure is printed with how it was worked out.
function unfoldForPaper() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("main details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
}

// One press of Alt and P, or of "Hide this page", covers the page and its title; the page behind cannot be reached meanwhile.
function privacyScreen(screen) {
  if (!screen) return;
  const title = document.title;
  let wanted = false;
  const show = () => {
    wanted = false;
    document.title = title;
    screen.close();
  };
  const hide = () => {
    wanted = true;
    document.title = screen.dataset.title;
    screen.showModal();
  };
  // Escape closes a dialog; whoever presses it in a hurry wants the opposite. Browsers let the first be refused, not the second,
  // so the key is stopped before it gets there, and whatever closes the screen all the same finds it open again.
  screen.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.preventDefault();
  });
  screen.addEventListener("cancel", (event) => event.preventDefault());
  screen.addEventListener("close", () => {
    if (wanted) screen.showModal();
  });
  screen.querySelector("[data-iom-show]").addEventListener("click", show);
  for (const link of document.querySelectorAll("[data-iom-hide]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      hide();
    });
  }
  document.addEventListener("keydown", (event) => {
    // The key's place, not its letter: Option and P types another letter on a Mac.
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
    event.preventDefault();
    if (screen.open) show();
    else hide();
  });
}

// Warns before the session ends, and asks the server to keep it when the person says so; all open tabs agree. When it ends, and
// when the person leaves, what was typed in the page is sent along: the server keeps what may be kept until they sign in again.
function sessionTimeout(warning) {
  if (!warning) return;
  const { seconds, warningSeconds, keepAlive, reach, csrf, minutesOne, minutesMany, secondsMany } = warning.dataset;
  const left = warning.querySelector("[data-iom-left]");
  const announce = warning.querySelector("[data-iom-announce]");
  const leaving = warning.querySelector("form");
  const typed = leaving.appendChild(document.createElement("div"));
  const tabs = new BroadcastChannel("iom-session");
  // On a page that answers a form, what was typed came with the page.
  let typedIn = document.querySelector("main [data-iom-typed]")?.form;
  let isOver = false;
  let endsAt;

  const restart = () => {
    endsAt = Date.now() + Number(seconds) * 1000;
    if (warning.open) warning.close();
  };
  const stay = async () => {
    const answer = await fetch(keepAlive, {
      method: "POST",
      headers: { "X-CSRFToken": csrf },
      credentials: "same-origin",
      redirect: "manual",
    }).catch(() => null);
    if (!answer || answer.status >= 500) return; // no answer of ours: the next try may get one
    if (!answer.ok) {
      leaving.requestSubmit();
      return;
    }
    restart();
    tabs.postMessage("stayed");
  };
  // Once the server can be reached: a laptop that wakes up has no network yet, and a form sent into nothing would be lost.
  const end = async () => {
    if (isOver) return;
    isOver = true;
    isOver = Boolean((await fetch(reach).catch(() => null))?.ok);
    if (isOver) leaving.requestSubmit();
  };
  const bringTyped = () => {
    if (!typedIn) return;
    const to = new URL(typedIn.getAttribute("action") || "", location.href);
    const fields = [["goes-to", to.pathname + to.search]];
    for (const [name, value] of new FormData(typedIn)) {
      if (!(value instanceof File)) fields.push([name, value]);
      else if (value.name) fields.push(["left-out", value.name]);
    }
    typed.replaceChildren(
      ...fields.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })),
    );
  };
  const inWords = (remaining) => {
    if (remaining < 60) return secondsMany.replace("{n}", remaining);
    const minutes = Math.ceil(remaining / 60);
    return minutes === 1 ? minutesOne : minutesMany.replace("{n}", minutes);
  };
  const tick = () => {
    const remaining = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
    if (remaining > Number(warningSeconds)) return;
    const words = inWords(remaining);
    left.textContent = words;
    // A screen reader hears it when it opens and every 15 seconds, not every second.
    if (!warning.open || remaining % 15 === 0) announce.textContent = words;
    if (!warning.open) warning.showModal();
    if (remaining === 0) end();
  };

  document.addEventListener("input", (event) => {
    if (event.target.form?.getAttribute("method") === "post") typedIn = event.target.form;
  });
  leaving.addEventListener("submit", bringTyped);
  tabs.addEventListener("message", restart);
  tabs.postMessage("stayed"); // this page was just served, so the session was just extended
  warning.querySelector("[data-iom-stay]").addEventListener("click", stay);
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  restart();
  setInterval(tick, 1000);
}
