/**
 * @module
 * Random expressions of DataWeave 2.x that use the context of the corpus. Most of them have a given type.
 */
import type { Dice } from '../../search/dice.ts';

type Kind = 'number' | 'string' | 'boolean' | 'array' | 'object' | 'time' | 'any';

/** Splits at `¦` and line breaks. */
function list(text: string): readonly string[] {
  return text
    .trim()
    .split(/[¦\n]/)
    .map((one) => one.trim());
}

const leaves: { readonly [kind in Kind]: readonly string[] } = {
  number: list(`
    0 ¦ 1 ¦ 2 ¦ -3 ¦ 1.5 ¦ 0.1 ¦ 10 ¦ 1e3 ¦ 12345678901234567890 ¦ payload.num ¦ sizeOf(payload.s) ¦ 7`),
  string: list(`
    'a' ¦ 'Ab c' ¦ '' ¦ '12' ¦ 'x-y_z' ¦ payload.s ¦ attributes.method ¦ authentication.principal ¦ 'é😀'
    'a,b,,c' ¦ 'true'`),
  boolean: list(`
    true ¦ false ¦ payload.b ¦ (payload.num == 1) ¦ (payload.s startsWith 's')`),
  array: list(`
    [] ¦ [1, 2, 3] ¦ ['b', 'a', 'c', 'a'] ¦ payload.arr ¦ payload.objs ¦ [[1], [2, 3]] ¦ (1 to 4)
    [1, null, "x"] ¦ authentication.properties.claims.roles`),
  object: list(`
    {} ¦ {a: 1, b: 2} ¦ payload.a ¦ {a: 1, a: "z"} ¦ authentication.properties.claims ¦ payload.obj2
    {"k k": null, x: [1]}`),
  time: list(`
    |2020-02-29| ¦ |2020-01-31T10:20:30Z| ¦ |2020-01-31T10:20:30.5+02:00| ¦ |2021-12-31T23:59:59|
    |10:20:30| ¦ |P1M| ¦ |PT90M| ¦ |P2D|`),
  any: list(`
    null ¦ payload.n ¦ payload.nope ¦ payload.nope.x ¦ /a+/ ¦ Number ¦ $ ¦ x ¦ upper ¦ "\\$"`),
};

/** Templates. A letter is replaced by an expression of its kind. */
const shapes: { readonly [kind in Kind]: readonly string[] } = {
  number: list(`
    N + N ¦ N - N ¦ N * N ¦ N / N ¦ (N mod N) ¦ sizeOf(A) ¦ sizeOf(S) ¦ sizeOf(O) ¦ abs(N) ¦ round(N)
    floor(N) ¦ ceil(N) ¦ -N ¦ (if (B) N else N) ¦ (X default N) ¦ sum([N, N]) ¦ avg([N, N]) ¦ max([N, N])
    (A indexOf X) ¦ (S indexOf S) ¦ (S as Number) ¦ (A reduce (($$ as Number) + 1)) ¦ T.year ¦ T.hour
    (T as Number) ¦ [N, N][0] ¦ {n: N}.n ¦ (N match { case 1 -> N else -> $ }) ¦ do { var v = N --- v + N }
    daysBetween(|2020-01-01|, |2020-03-01|) ¦ (payload.num pow 2) ¦ dw::core::Strings::countMatches(S, S)
    dw::core::Strings::levenshteinDistance(S, S) ¦ dw::core::Arrays::countBy(A, (i) -> i == X)`),
  string: list(`
    S ++ S ¦ (S ++ N) ¦ upper(S) ¦ lower(S) ¦ trim(S) ¦ (S replace 'a' with S) ¦ (S replace /[a-c]/ with 'z')
    "<$(S)>" ¦ "$(N)$(B)" ¦ (N as String) ¦ (N as String {format: '#,##0.00'}) ¦ (A joinBy S) ¦ S[0] ¦ S[-1]
    (S[0 to 1] default S) ¦ (X default S) ¦ (if (B) S else S) ¦ (T as String)
    (T as String {format: 'yyyy/MM/dd'}) ¦ typeOf(X) as String ¦ dw::core::Strings::substringAfter(S, S)
    dw::core::Strings::substringBefore(S, S) ¦ dw::core::Strings::capitalize(S)
    dw::core::Strings::camelize(S) ¦ dw::core::Strings::underscore(S) ¦ dw::core::Strings::leftPad(S, 6)
    dw::core::Strings::reverse(S) ¦ write(X, 'application/json', {indent: false})
    dw::core::Strings::repeat(S, 2) ¦ dw::core::Strings::pluralize(S)
    (S match { case 'a' -> S case m matches /(.)b(.*)/ -> m[2] else s -> s ++ '!' })
    dw::core::URL::encodeURIComponent(S) ¦ dw::core::Binaries::toBase64(S as Binary)
    dw::Crypto::MD5(S as Binary) ¦ (A[0] default S) ¦ dw::core::Strings::wrapIfMissing(S, S)
    dw::core::Numbers::toHex(N)`),
  boolean: list(`
    N == N ¦ X == X ¦ N < N ¦ S > S ¦ (N >= N) ¦ X ~= X ¦ B and B ¦ B or B ¦ not B ¦ !B ¦ (A contains X)
    (S contains S) ¦ isEmpty(X) ¦ (S matches /[a-z]+/) ¦ (S startsWith S) ¦ (S endsWith S) ¦ X is Number
    X is String | Null ¦ isEven(N) ¦ O.a? ¦ isBlank(S) ¦ (T < T) ¦ dw::core::Arrays::every(A, (i) -> i == X)
    dw::core::Arrays::some(A, (i) -> i ~= X) ¦ dw::core::Strings::isAlpha(S) ¦ isInteger(N) ¦ X != X`),
  array: list(`
    [X, X] ¦ [N, S] ¦ (A map $) ¦ (A map ($$ + N)) ¦ (A map { v: $ }) ¦ (A filter ($$ < N)) ¦ (A ++ A)
    (A + X) ¦ (A - X) ¦ (A -- A) ¦ (A distinctBy $) ¦ (A orderBy $) ¦ ([N, N, N] orderBy -$) ¦ (S splitBy S)
    (S splitBy ',') ¦ keysOf(O) ¦ namesOf(O) ¦ valuesOf(O) ¦ (O pluck $) ¦ (O pluck ($$ ++ "!")) ¦ flatten(A)
    (A zip A) ¦ A[0 to 1] ¦ A[-1 to 0] ¦ O..a ¦ O.*a ¦ A.x ¦ A.*x ¦ (1 to 5) ¦ (S scan /[a-z]/) ¦ (S find S)
    dw::core::Arrays::take(A, N) ¦ dw::core::Arrays::drop(A, 1) ¦ dw::core::Arrays::slice(A, 0, 2)
    (X default A) ¦ A[?($ == X)] ¦ (A map ((item, i) -> [i, item])) ¦ (A flatMap [$, $]) ¦ [(X) if B, X]
    dw::core::Strings::words(S) ¦ (A match { case [h ~ t] -> t else -> [] })
    dw::core::Arrays::partition(A, (i) -> i == X)`),
  object: list(`
    {a: X} ¦ {a: X, b: X} ¦ {(S): X} ¦ {(a: X) if B, b: N} ¦ {(O), z: N} ¦ (O ++ O) ¦ (O - S) ¦ (O -- ['a'])
    (O mapObject {($$): $}) ¦ (O mapObject ((v, k, i) -> {(k): i})) ¦ (O filterObject ($$ ~= "a"))
    (A groupBy $) ¦ (O orderBy $$) ¦ (O update { case .a -> X }) ¦ (O update { case v at .b! -> [v] }) ¦ O.&a
    dw::core::Objects::mergeWith(O, O) ¦ (A reduce ((i, acc = {}) -> acc ++ {k: i})) ¦ (O distinctBy $)
    (X default O) ¦ (O match { case {k: v ~ t} -> t else -> {} }) ¦ dw::core::Arrays::splitAt(A, 1)
    using (u = X) {u: u}`),
  time: list(`
    (T + |P1D|) ¦ (T - |P1M|) ¦ (T + |PT1H|) ¦ (T - T) ¦ (T as Date) ¦ (T as LocalDateTime)
    (|2020-05-06| ++ |10:00|) ¦ (T >> 'Europe/Paris') ¦ (N as DateTime) ¦ T.timezone
    dw::core::Dates::atBeginningOfMonth(T) ¦ dw::core::Periods::days(N) ¦ ('2020-05-06' as Date)
    ('06/05/2020' as Date {format: 'dd/MM/yyyy'}) ¦ dw::core::Dates::atBeginningOfWeek(T)`),
  any: list(`
    N ¦ S ¦ B ¦ A ¦ O ¦ T ¦ A[N] ¦ O.a ¦ A[0] ¦ O["b"] ¦ O.a! ¦ (S then ($ ++ "!")) ¦ (X onNull S)
    (if (B) X else X) ¦ (X match { case n is Number -> n case is String -> $ else -> null }) ¦ max(A)
    min(A) ¦ (A maxBy $) ¦ payload[S] ¦ O[N] ¦ read(S, "application/json")
    dw::util::Tree::mapLeafValues(O, (v, p) -> typeOf(v) as String)`),
};

const kinds: Readonly<Record<string, Kind>> = {
  N: 'number',
  S: 'string',
  B: 'boolean',
  A: 'array',
  O: 'object',
  T: 'time',
  X: 'any',
};

const every = Object.values(kinds);

export class DataWeaveGenerator {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  next(): string {
    const text = this.#expression(this.#dice.pick(every), 1 + this.#dice.roll(4));
    return this.#dice.chance(8) ? this.#damaged(text) : text;
  }

  /** One expression in twelve has another type than the wanted one. */
  #expression(wanted: Kind, depth: number): string {
    const kind = this.#dice.chance(8) ? this.#dice.pick(every) : wanted;
    if (depth === 0 || this.#dice.chance(15)) return this.#dice.pick(leaves[kind]);
    // A single letter is a placeholder. Letters of names are next to other letters.
    return this.#dice.pick(shapes[kind]).replace(/(?<![\w'"|:/-])[NSBAOTX](?![\w'"|])/g, (letter) => {
      const text = this.#expression(kinds[letter] ?? 'any', this.#dice.roll(depth));
      return this.#dice.chance(75) && /[^\w.'"]/.test(text) ? `(${text})` : text;
    });
  }

  #damaged(text: string): string {
    const at = this.#dice.roll(text.length);
    const piece = this.#dice.pick([
      '',
      '(',
      ')',
      ' ',
      '.',
      '"',
      ',',
      '!',
      '?',
      ' and ',
      '$',
      '::',
      '|',
      '{',
      '}',
      ' map ',
      '-',
      ' as ',
    ]);
    return text.slice(0, at) + piece + text.slice(at + this.#dice.roll(2));
  }
}
