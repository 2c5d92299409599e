/**
 * @module
 * Phrases that this repository does not use, each with what to write instead. Only phrases that are always wrong here
 * are listed. A word that also has a good use, such as "text" for the text of a file, is left to the reviewer.
 */

/** A space in a pattern matches any white space, and a line break inside a comment. */
const phrases: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(?<!\bthere )\b(?:is|are|as|be|was|were) none(?=[.,;:)"'`]|$)/, 'is not a …, there is no …, without …'],
  [/\bgiv(?:e|es|en|ing) out again\b/, 'reuse'],
  [/\bhand(?:s|ed|ing)? on\b/, 'forward, pass on'],
  [/\bbelieve[sd]?\b/, 'trust'],
  [/\bheld by (?:\[?an?|the|every|each) (?:case|test|example)/, 'covered by'],
  [/\b(?:is|are) held to\b/, 'is limited to, must satisfy'],
  [/\brivals?\b/i, 'compared server'],
  [/\bhouseholds?\b/i, 'the plain word: process group, test environment, …'],
  [/(?<!route\.)\buntold\b/i, 'not sent, not reported'],
  [/\b(?:is|are|was|were|be|not|been) told of\b/, 'is reported, is counted'],
  [/\b(?:is|are|was|were|be) told\b/, 'is reported, is logged'],
  [/\b[Uu]ndefined where\b/, 'undefined if'],
  [/@throws \w+ where\b/, '@throws … if'],
  [/\bfor trying out\b/, 'for trials'],
  [/\bcannot be had\b/, 'is not available'],
  [/\b(?:stands?|stood) (?:in|at|here|there|before|behind|between|elsewhere|beside)\b/, 'is'],
  [/\bit is said\b/, 'is reported'],
  [/\bof (?:its|their|our|your) own making\b/, 'that it creates'],
  [/\ba turn of (?:its|their) own\b/, 'a later event-loop turn'],
  [/\bweak points?\b/, 'warning'],
  [/\badded up\b/, 'summed'],
  [/\bin sight\b/, 'visible'],
  [/\b(?:stands?|stood) still\b/, 'is blocked, is stalled'],
  [/\bblanks\b/i, 'spaces, white space'],
  [/\bfall(?:s|ing)? away\b/, 'is removed, is ignored'],
  [/\bMost (?:bytes|characters|items|digits|steps|tokens|entries|connections|streams)\b/, 'Maximum …'],
  [/\bmost(?!ly)[A-Z]\w*/, 'an identifier that begins with "max"'],
  [/\bsoon[A-Z]\w*/, 'an identifier with "later" or "async"'],
  [/\btold[A-Z]\w*/, 'an identifier with "sent", "reported" or "known"'],
  [/\breadings of (?:a|the|its) path\b/, 'interpretations of a path'],
  [/\bin the place of\b/, 'instead of'],
  [/\b(?:comes?|came) about\b/, 'is computed, is created'],
  [/\bsays? nothing of\b/, 'does not mention'],
  [/\bwhere nobody can tell\b/, 'where the result is the same'],
  [/\bfor so long\b/, 'for the given time'],
  [/\bby what right\b/, 'why'],
  [/\bat your desk\b/, 'on your machine'],
  // A stand-in key is a term of docs/keys.md.
  [/\bstand-ins?\b(?![- ]keys?\b)/, 'substitute, fake'],
  [/\bwhat is left out\b/i, 'omitted …, the omitted part'],
];

/** The files that are searched. CHANGELOG.md and every other page are among the first. */
export const searched = [
  '*.md',
  'config',
  'deploy',
  'demo',
  'bench',
  'build',
  'site',
  'src',
  'test',
  'proto',
  'envoy.yaml',
];

/** The files of those folders that may use the phrases: data of cases, generated files, and what quotes the phrases. */
export const exempt: readonly RegExp[] = [
  /^test\/conformance\/.*\.(?!md$)/,
  /^config\/mintproc\.schema\.json$/,
  /^docs\/glossary\.md$/,
  /^test\/docs\/plain-english(?:\.test)?\.ts$/,
];

/**
 * Citations of tests, `file › title`, change when the test does. Generated parts of a page change with their source.
 */
const elsewhere = /`test\/[^`]* › [^`]*`|^<!-- ([^:\n]+): written by [\s\S]*?^<!-- end of \1 -->/gm;

const compiled = phrases.map(([pattern, instead]) => ({
  pattern: new RegExp(pattern.source.replaceAll(' ', '\\s+(?:(?:\\*|//|#)\\s+)?'), `gm${pattern.flags}`),
  instead,
}));

/** What to rewrite in a file, as `path:line: "phrase": write …`. */
export function phraseFindings(path: string, text: string): string[] {
  const searchable = text.replace(elsewhere, (found) => found.replace(/[^\n]/g, '_'));
  return compiled
    .flatMap(({ pattern, instead }) =>
      Array.from(searchable.matchAll(pattern), ({ 0: phrase, index }) => ({ phrase, index, instead })),
    )
    .sort((a, b) => a.index - b.index)
    .map(({ phrase, index, instead }) => {
      const line = searchable.slice(0, index).split('\n').length;
      return `${path}:${line}: "${phrase.replace(/\s+(?:(?:\*|\/\/|#)\s+)?/g, ' ')}": write ${instead}`;
    });
}
