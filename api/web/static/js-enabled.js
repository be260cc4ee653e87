// Tells the styles that scripts run, before the first paint. It stands in a file because the pages'
// security policy allows no script inside a page.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
