// Builds the static assets into iom/govuk/static/build: one style sheet, the scripts, the icons.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as sass from "sass";

const out = "../iom/govuk/static/build";
// The folder itself stays: it may be a link.
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) rmSync(`${out}/${name}`, { recursive: true, force: true });
mkdirSync(`${out}/assets`);

const style = sass.compile("openiom.scss", {
  style: "compressed",
  loadPaths: ["node_modules", "."],
  quietDeps: true,
  logger: sass.Logger.silent,
});
writeFileSync(`${out}/openiom.css`, style.css);

for (const [from, to] of [
  ["govuk-frontend/dist/govuk/govuk-frontend.min.js", "govuk-frontend.js"],
  ["@ministryofjustice/frontend/moj/moj-frontend.min.js", "moj-frontend.js"],
  ["htmx.org/dist/htmx.min.js", "htmx.js"],
]) {
  cpSync(`node_modules/${from}`, `${out}/${to}`);
}
for (const own of ["openiom.js", "enabled.js", "icon.svg"]) {
  cpSync(own, own === "icon.svg" ? `${out}/assets/${own}` : `${out}/${own}`);
}
const images = "node_modules/@ministryofjustice/frontend/moj/assets/images";
cpSync(images, `${out}/assets/images`, { recursive: true, filter: (file) => !file.includes("crown") });
