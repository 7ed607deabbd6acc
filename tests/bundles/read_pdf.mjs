// What a reader in a browser finds in a PDF: the words of its pages, its outline, what it says of itself, its files.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { getDocument, VerbosityLevel } = await import(require.resolve("pdfjs-dist/legacy/build/pdf.mjs"));

const data = new Uint8Array(readFileSync(process.argv[2]));
const document = await getDocument({ data, verbosity: VerbosityLevel.ERRORS, useSystemFonts: false }).promise;
const found = [];
for (let number = 1; number <= document.numPages; number += 1) {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  found.push(items.map((item) => item.str).join(" "));
  found.push(...(await page.getAnnotations()).map((each) => JSON.stringify(each)));
}
const { info, metadata } = await document.getMetadata();
found.push(JSON.stringify(info), metadata?.getRaw() ?? "");
found.push(JSON.stringify(await document.getOutline()));
const files = (await document.getAttachments()) ?? {};
for (const file of Object.values(files)) found.push(file.filename, new TextDecoder().decode(file.content));
process.stdout.write(JSON.stringify(found.filter(Boolean)));
