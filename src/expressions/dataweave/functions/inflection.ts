/**
 * @module
 * English plurals and singulars by the rules of Ruby on Rails, as in the engine.
 */
type Rule = readonly [ending: RegExp, replacement: string];

const unchanging = /(?:equipment|information|rice|money|species|series|fish|sheep)$/i;

/** The first rule that matches applies. */
const plurals: readonly Rule[] = [
  [/(pe)rson$/i, '$1ople'],
  [/(m)an$/i, '$1en'],
  [/(child)$/i, '$1ren'],
  [/(move|sex)$/i, '$1s'],
  [/(quiz)$/i, '$1zes'],
  [/^(ox)$/i, '$1en'],
  [/([ml])ouse$/i, '$1ice'],
  [/(matr|vert|ind)(?:ix|ex)$/i, '$1ices'],
  [/(x|ch|ss|sh)$/i, '$1es'],
  [/([^aeiouy]|qu)y$/i, '$1ies'],
  [/([^f])fe$/i, '$1ves'],
  [/([lr])f$/i, '$1ves'],
  [/sis$/i, 'ses'],
  [/([ti])um$/i, '$1a'],
  [/(buffal|tomat)o$/i, '$1oes'],
  [/(bu)s$/i, '$1ses'],
  [/(alias|status)$/i, '$1es'],
  [/(octop|vir)us$/i, '$1i'],
  [/(ax|test)is$/i, '$1es'],
  [/s$/i, 's'],
  [/$/, 's'],
];

const singulars: readonly Rule[] = [
  [/(pe)ople$/i, '$1rson'],
  [/(m)en$/i, '$1an'],
  [/(child)ren$/i, '$1'],
  [/(quiz)zes$/i, '$1'],
  [/(matr)ices$/i, '$1ix'],
  [/(vert|ind)ices$/i, '$1ex'],
  [/^(ox)en/i, '$1'],
  [/(alias|status)(?:es)?$/i, '$1'],
  [/(octop|vir)i$/i, '$1us'],
  [/(cris|ax|test)es$/i, '$1is'],
  [/(shoe)s$/i, '$1'],
  [/(o)es$/i, '$1'],
  [/(bus)es$/i, '$1'],
  [/([ml])ice$/i, '$1ouse'],
  [/(x|ch|ss|sh)es$/i, '$1'],
  [/(m)ovies$/i, '$1ovie'],
  [/([^aeiouy]|qu)ies$/i, '$1y'],
  [/([lr])ves$/i, '$1f'],
  [/(tive|hive)s$/i, '$1'],
  [/([^aeof])ves$/i, '$1fe'],
  [/((?:a)naly|(?:b)a|(?:d)iagno|(?:p)arenthe|(?:p)rogno|(?:s)ynop|(?:t)he)ses$/i, '$1sis'],
  [/([ti])a$/i, '$1um'],
  [/(n)ews$/i, '$1ews'],
  [/ss$/i, 'ss'],
  [/s$/i, ''],
];

function byRule(word: string, rules: readonly Rule[]): string {
  if (word === '' || unchanging.test(word)) return word;
  const rule = rules.find(([ending]) => ending.test(word));
  return rule === undefined ? word : word.replace(rule[0], rule[1]);
}

export function pluralOf(word: string): string {
  return byRule(word, plurals);
}

export function singularOf(word: string): string {
  return byRule(word, singulars);
}

/** `1st`, `22nd`, `113th`. */
export function ordinalOf(number: number): string {
  if (number < 0) return `${number}th`;
  const lastTwo = number % 100;
  const last = lastTwo % 10;
  if (lastTwo >= 11 && lastTwo <= 13) return `${number}th`;
  return `${number}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`;
}
