import { posix } from "node:path";

const MARKDOWN = /(\]\()([^()\s]+)(\))/g;
const HTML = /(\s(?:href|src|srcset)=")([^"\s]+)(")/g;
const FENCE = /^(`{3,}|~{3,})[^\n]*\n[^]*?^\1\s*$/gm;
const PICTURE = /\.(?:png|svg|webp|avif|gif|jpe?g)$/;

/** The text without code blocks as [isCode, part]: a link in a code block is an example. */
function parts(markdown) {
  const found = [];
  let at = 0;
  for (const { 0: code, index } of markdown.matchAll(FENCE)) {
    found.push([false, markdown.slice(at, index)], [true, code]);
    at = index + code.length;
  }
  return [...found, [false, markdown.slice(at)]];
}

/** Every target of a link or picture, in Markdown or HTML, as it is written. */
export function linksOf(markdown) {
  const prose = parts(markdown).flatMap(([isCode, part]) => (isCode ? [] : [part]));
  return prose.flatMap((part) =>
    [MARKDOWN, HTML].flatMap((kind) => [...part.matchAll(kind)].map(([, , link]) => link)),
  );
}

/** The text with each link replaced by what `change` answers. */
export function replaceLinks(markdown, change) {
  const replaced = (text, kind) => text.replaceAll(kind, (_, before, link, after) => before + change(link) + after);
  return parts(markdown)
    .map(([isCode, part]) => (isCode ? part : [MARKDOWN, HTML].reduce(replaced, part)))
    .join("");
}

export const isAbsolute = (link) => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(link);

/** A link as [path from the top of the clone, anchor with its #]. */
export function targetOf(link, from) {
  const [path, ...anchor] = link.split("#");
  const target = path === "" ? from : posix.normalize(posix.join(posix.dirname(from), path));
  return [target.replace(/\/$/, ""), anchor.length > 0 ? `#${anchor.join("#")}` : ""];
}

/**
 * The address of a file in the repository at a version. The documents of a version stay as they were for its users, while
 * the documentation site shows the newest.
 * @param isFolder whether the path is a folder of the clone
 */
export function addressAt(repository, tag, path, isFolder) {
  if (PICTURE.test(path))
    return `${repository.replace("//github.com/", "//raw.githubusercontent.com/")}/${tag}/${path}`;
  return `${repository}/${isFolder ? "tree" : "blob"}/${tag}/${path}`;
}
