// What makes the pages livelier. Each works without it.
"use strict";

// The list of servers, which the server sends anew after each look at them.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
    const hint = document.querySelector("[data-without-script]");
    const pause = document.createElement("button");
    pause.type = "button";
    pause.textContent = "Pause";
    // In milliseconds: as long may nothing come, where the list comes every two seconds; and the pauses before another attempt.
    const longestSilence = 15_000;
    const [shortestWait, longestWait] = [1_000, 30_000];
    let source;
    let timer;
    let failures = 0;

    // Findings by their server and their title, whose numbers change: what has been unfolded stays so, and the focus stays where it is.
    const name = (summary) => (summary.closest("section")?.ariaLabel ?? "") + "\n" + summary.textContent.replace(/\d+/g, "");
    const show = (text) => {
        const unfolded = new Set([...live.querySelectorAll("details[open] > summary")].map(name));
        const focused = live.contains(document.activeElement) && document.activeElement.matches("summary")
            ? name(document.activeElement) : undefined;
        live.innerHTML = text;
        for (const summary of live.querySelectorAll("details > summary")) {
            if (unfolded.has(name(summary))) { summary.parentElement.open = true; }
            if (focused === name(summary)) { summary.focus({ preventScroll: true }); }
        }
    };
    const say = (text, isWrong = true) => {
        // What is the same isn't announced again.
        if (hint.textContent !== text) { hint.textContent = text; }
        hint.classList.toggle("wrong-text", isWrong);
    };
    const end = () => {
        clearTimeout(timer);
        source?.close();
        source = undefined;
    };
    const follow = () => {
        end();
        const own = new EventSource(live.dataset.live);
        source = own;
        const listen = () => {
            clearTimeout(timer);
            timer = setTimeout(() => again("lost"), longestSilence);
        };
        own.addEventListener("fleet", (event) => {
            failures = 0;
            listen();
            show(event.data);
            say("They are kept up to date.", false);
        });
        own.addEventListener("error", () => {
            // The browser itself tries again where a connection is lost, and never where anything else than the list was answered.
            if (own.readyState === EventSource.CLOSED) {
                again("refused");
            } else {
                say("They stand still, since the connection is lost; it is tried again.");
            }
        });
        listen();
    };
    const again = (what) => {
        end();
        say(`They stand still, since the connection is ${what}; it is tried again.`);
        // Not all pages at the same time.
        const wait = Math.min(longestWait, shortestWait * 2 ** failures) * (1 + Math.random()) / 2;
        failures += 1;
        const own = setTimeout(follow, wait);
        timer = own;
        // Where a session has ended, the way leads to the login, and so does this page.
        const question = { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(longestSilence) };
        fetch(live.dataset.live, question).then((answer) => {
            if (timer === own && (answer.type === "opaqueredirect" || answer.status === 401)) { location.reload(); }
        }, () => {});
    };
    pause.addEventListener("click", () => {
        const isPaused = pause.textContent !== "Pause";
        if (isPaused) {
            failures = 0;
            follow();
        } else {
            end();
            say("They stand still.", false);
        }
        pause.textContent = isPaused ? "Pause" : "Go on";
    });
    hint.after(" ", pause);
    follow();
}

// How long a form counts as sent, in milliseconds: the browser's Stop may end it, and tells no page.
const sending = 5_000;
const timers = [];
window.addEventListener("pagehide", () => { timers.splice(0).forEach(clearTimeout); });

// Until then it isn't sent again, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = "yes";
        timers.push(setTimeout(() => { delete form.dataset.sent; }, sending));
    });
}
window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[method=post]")) { delete form.dataset.sent; }
});

// What has been typed and isn't stored is not lost by a slip.
let isChanged = false;
for (const field of document.querySelectorAll("form[method=post] textarea")) {
    field.addEventListener("input", () => { isChanged = true; });
}
document.addEventListener("submit", () => {
    const wasChanged = isChanged;
    isChanged = false;
    timers.push(setTimeout(() => { isChanged ||= wasChanged; }, sending));
});
window.addEventListener("beforeunload", (event) => { if (isChanged) { event.preventDefault(); } });
