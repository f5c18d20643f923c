// Material's search worker, with what was typed prepared for it, and what it found put in
// order. Started as attest.js?search.<hash>.min.js, it brings in that file beside it. From the
// file system no worker starts: it then runs in a frame, where bringing in a file takes a while.
"use strict";

const SETUP = 0;
const QUERY = 2;
const RESULT = 3;
const HAN = /(\p{sc=Han}+)/u;
// Material cuts a run of Han characters once more, and never looks at its end: a character
// that no page holds stands there, and is dropped with it.
const END = "〻";
// How much more a whole word counts than its beginning.
const EXACT = 4;

// A name of the API alone: with a dot or underscore in it, or capitals in the middle.
const NAME = /^\s*(\w+[._]\w|[A-Z][a-z]+[A-Z])\S*\s*$/;
// Sections that a reader wants only where no other says it.
const ASIDE = /#(exercise|mistake|note)-|#references$/;

// The listener that Material's worker registers; it gets messages made ready.
let handle;
const { addEventListener: listen, postMessage: post } = self;
self.addEventListener = (_, listener) => (handle = listener);
self.postMessage = (message) => post(message.type === RESULT ? ranked(message) : message);
const [, file] = (self.document?.currentScript.src ?? location.href).split("?");
const brought = /^search\.\w+\.min\.js$/.test(file) ? importScripts(file) : null;

// lunr merges states of its automaton that write themselves alike, and writes an edge without a
// mark between its letter and its number: with digits as letters it merges what differs, and
// then stumbles over words that are in no document.
function mend({ prototype }) {
  prototype.toString = function () {
    this._str ??= Object.keys(this.edges)
      .sort()
      .reduce((text, letter) => `${text}${letter}>${this.edges[letter].id};`, this.final ? "1" : "0");
    return this._str;
  };
}

// What was typed, and the words in it.
let asked = "";
let wanted = [];
let separator;
let words = new Set();
let sorted = [];
let pages = new Map();

// Text as it is compared: no tags, no marks of segmentation, one kind of space and letter.
function plain(text) {
  return text
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\u200b/g, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function split(text) {
  return text
    .replace(/<[^>]*>/g, " ")
    .split(separator)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

// Learn the words of the index. A compound gets its parts beside it, in fields of their own,
// so that who looks for 方差 finds 滑动方差, and who looks for 滑动方差 only that. A section
// gets the title and the address of its page: BatchNorm means normalization/batchnorm/ too.
function learn({ config, docs }) {
  separator = new RegExp(config.separator);
  const { title, text } = config.fields;
  Object.assign(config.fields, {
    title_parts: { boost: title.boost / 2 },
    text_parts: { boost: text.boost / 2 },
    page: { boost: title.boost / 3 },
  });
  const titles = new Map();
  const cut = docs.map((doc) => ({ title: split(doc.title), text: split(doc.text) }));
  words = new Set(cut.flatMap((doc) => [...doc.title, ...doc.text]));
  sorted = [...words].sort();
  const parts = new Map();
  for (const word of words) if (HAN.test(word)) parts.set(word, partsOf(word));
  const all = (list) => [...new Set(list.flatMap((word) => parts.get(word) || []))].join(" ");
  docs.forEach((doc, index) => {
    doc.title_parts = all(cut[index].title);
    doc.text_parts = all(cut[index].text);
    const path = doc.location.replace(/(\.html)?(#.*)?$/, "");
    if (!titles.has(path)) titles.set(path, doc.title);
    doc.page = `${titles.get(path)} ${path} ${path.replaceAll("-", "_")}`;
    pages.set(doc.location, { title: plain(doc.title), text: plain(doc.text) });
  });
}

function partsOf(word) {
  const found = [];
  for (let start = 0; start < word.length; start += 1) {
    for (let end = start + 2; end <= word.length; end += 1) {
      const part = word.slice(start, end);
      if (part !== word && words.has(part)) found.push(part);
    }
  }
  return found;
}

// The words of the index that begin so, the shortest first.
function beginning(start, limit = 8) {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < start) low = middle + 1;
    else high = middle;
  }
  const found = [];
  while (low < sorted.length && sorted[low].startsWith(start)) found.push(sorted[low++]);
  return found.sort((a, b) => a.length - b.length).slice(0, limit);
}

// Cut what was typed without spaces into the longest words that the index knows. The last
// piece may be the beginning of one: the reader is still typing.
function han(run) {
  const found = [];
  for (let start = 0; start < run.length; ) {
    let end = run.length;
    while (end > start && !words.has(run.slice(start, end))) end -= 1;
    const rest = end < run.length ? beginning(run.slice(start)) : [];
    if (rest.length) {
      found.push(...rest);
      break;
    }
    if (end > start) found.push(run.slice(start, end));
    start = Math.max(end, start + 1);
  }
  wanted.push(...found);
  const terms = (word) => [`${word}${END}^${EXACT}`, ...[word, ...partsOf(word)].map((w) => w + END)];
  return found.flatMap(terms);
}

// A short word is meant as it stands (Material adds no wildcard behind ^), one that the index
// does not know may be a plural, or two words in one, and one that says nothing is left out.
function latin(word) {
  const lower = word.toLowerCase();
  wanted.push(lower);
  const known = (start) => beginning(start, 1).length;
  if (!self.lunr.stopWordFilter(lower)) return [];
  if (lower.length < 3) return words.has(lower) ? [`${lower}^${EXACT}`] : [];
  const singular = lower.replace(/(?:(?<=ss|sh|ch|x)e)?s$/, "");
  if (words.has(singular)) return [`${singular}^${EXACT}`, singular];
  if (known(lower)) return [lower];
  for (let end = lower.length - 3; end > 2; end -= 1) {
    const [first, second] = [lower.slice(0, end), lower.slice(end)];
    if (words.has(first) && known(second)) return [first, second];
  }
  return [lower];
}

// What Material's worker is asked; its operators are left alone.
function prepared(query) {
  const part = (typed) =>
    /^[+-]|["^~*]/.test(typed)
      ? [typed]
      : typed
          .split(separator)
          .flatMap((word) => word.split(HAN))
          .filter(Boolean)
          .flatMap((run) => (HAN.test(run) ? han(run) : latin(run)));
  wanted = [];
  return query.trim().split(/\s+/).flatMap(part).join(" ") || query;
}

// What holds the words as they were typed comes first, above all in a short title; asides come
// last, and a name of the API is looked for where a chapter describes the API. Up to three
// sections of a page count as much as its best, because Material folds the others away.
function ranked({ data, ...message }) {
  const phrase = plain(asked).trim();
  const weigh = (item) => {
    const { location, score } = item;
    const { title, text } = pages.get(location);
    const times = Math.min(text.split(phrase).length - 1, 15);
    const all = `${title} ${text} ${location}`;
    const share = wanted.filter((word) => all.includes(word)).length / (wanted.length || 1);
    let factor = (0.3 + share) ** 2 * (1 + times) ** 0.5;
    if (title.includes(phrase)) factor *= 4 + (4 * phrase.length) / title.length;
    if (title.startsWith(phrase)) factor *= 1.5;
    if (NAME.test(asked) && location.endsWith("#api")) factor *= 8;
    if (ASIDE.test(location)) factor /= 6;
    if (!location.includes("#")) factor /= 2; // Material doubled it, and more
    return { ...item, score: score * factor };
  };
  const best = (items) => items[0].score;
  const level = (group) => {
    const near = (item) => item.score > best(group) / 2;
    return group.map((item, index) => (index < 3 && near(item) ? { ...item, score: best(group) } : item));
  };
  const items = data.items
    .map((group) => level(group.map(weigh).sort((a, b) => b.score - a.score)))
    .sort((a, b) => best(b) - best(a));
  return { ...message, data: { ...data, items } };
}

function receive({ data: { type, data } }) {
  if (type === SETUP) learn(data);
  if (type === QUERY) asked = data;
  handle({ data: { type, data: type === QUERY ? prepared(data) : data } });
}

Promise.resolve(brought).then(() => {
  self.addEventListener = listen;
  mend(self.lunr.TokenSet);
  self.addEventListener("message", receive);
});
