// What makes the pages livelier. Each works without it.
"use strict";

// The list of servers, which the server sends anew after each look at them.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
    const hint = document.querySelector("[data-without-script]");
    const pause = document.createElement("button");
    pause.type = "button";
    pause.textContent = "Pause";
    let source;

    // Findings by their server and their title: what has been unfolded stays so, and the focus stays where it is.
    const name = (summary) => (summary.closest("section")?.ariaLabel ?? "") + "\n" + summary.textContent;
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
    const follow = () => {
        source = new EventSource(live.dataset.live);
        source.addEventListener("fleet", (event) => {
            show(event.data);
            hint.textContent = "They are kept up to date.";
        });
        source.addEventListener("error", () => {
            hint.textContent = source.readyState === EventSource.CLOSED
                ? "They stand still, since the connection has ended; load the page again."
                : "They stand still, since the connection is lost; it is tried again.";
        });
    };
    const rest = () => {
        source.close();
        source = undefined;
        hint.textContent = "They stand still.";
    };
    pause.addEventListener("click", () => {
        if (source) { rest(); } else { follow(); }
        pause.textContent = source ? "Pause" : "Go on";
    });
    hint.after(" ", pause);
    follow();
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
        if (form.dataset.sent) { event.preventDefault(); }
        form.dataset.sent = "yes";
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
document.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => { if (isChanged) { event.preventDefault(); } });
