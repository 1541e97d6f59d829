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
    let newest;

    // What has been unfolded stays so, and the focus stays where it is.
    const show = (text) => {
        const unfolded = new Set(
            [...live.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
        const focused = document.activeElement;
        if (focused && focused !== live && live.contains(focused)) { newest = text; return; }
        live.innerHTML = text;
        for (const summary of live.querySelectorAll("details > summary")) {
            if (unfolded.has(summary.textContent)) { summary.parentElement.open = true; }
        }
    };
    const follow = () => {
        source = new EventSource(live.dataset.live);
        source.addEventListener("fleet", (event) => show(event.data));
        hint.textContent = "They are kept up to date.";
    };
    const rest = () => {
        source.close();
        source = undefined;
        hint.textContent = "They stand still.";
    };
    live.addEventListener("focusout", () => {
        if (newest && source) { const text = newest; newest = undefined; setTimeout(() => show(text)); }
    });
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
