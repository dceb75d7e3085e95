// Says before the page is drawn that scripts run, so that nothing flashes. A file of its own: the policy allows no inline script.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
