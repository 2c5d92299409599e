/**
 * @module
 * The small languages inside of policies and requests: templates, conditions, paths into JSON, times, and what a client
 * writes into its headers. Also ZIP archives.
 */

import { isDeepStrictEqual } from 'node:util';
import { maxBytes, readZip, ZipError } from '../../../src/cli/zip.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { alternativesOf } from '../../../src/dialects/apigee/bundle/condition.ts';
import { ConversionError } from '../../../src/dialects/apigee/claim-types.ts';
import { editions } from '../../../src/dialects/apigee/editions.ts';
import { parseJsonPath } from '../../../src/dialects/apigee/json-path.ts';
import { compileMapTemplate } from '../../../src/dialects/apigee/map-template.ts';
import { compileTemplate } from '../../../src/dialects/apigee/template.ts';
import { compileTimeFormat } from '../../../src/dialects/apigee/time-format.ts';
import { readDate, readDuration } from '../../../src/dialects/apigee/times.ts';
import { readCondition } from '../../../src/dialects/datapower/export/condition.ts';
import { formatTime } from '../../../src/expressions/dataweave/time-format.ts';
import { parseByPattern } from '../../../src/expressions/dataweave/time-parsing.ts';
import { parseTime, parseTimeLiteral } from '../../../src/expressions/dataweave/time-reading.ts';
import { timeText } from '../../../src/expressions/dataweave/time-text.ts';
import { timeKinds } from '../../../src/expressions/dataweave/values.ts';
import { forwardedCertificate } from '../../../src/identity/forwarded-certificate.ts';
import { payloadHeader } from '../../../src/identity/payload-header.ts';
import { needsNothing } from '../../../src/plan/needs.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';
import { readQuery, readTarget } from '../../../src/request/request-target.ts';
import { parseTraceparent, traceStateOf } from '../../../src/request/trace-context.ts';
import { parametersOf, possibleParameters } from '../../../src/routing/query-parameters.ts';
import { hostOf } from '../../../src/routing/request-host.ts';
import { pathInterpretations } from '../../../src/routing/request-path.ts';
import { compileMatch, makeRouter } from '../../../src/routing/router.ts';
import { zip } from '../../cli/zip-writer.ts';
import { seenRequest } from '../../configuration/memory-files.ts';
import { emptyScope } from '../../dialects/apigee/empty-scope.ts';
import { type FuzzTarget, require } from '../target.ts';

const values: Readonly<Record<string, string>> = {
  a: '1494390266',
  b: '{"c":[1,{"d":"e"}]}',
  'c.d': 'yyyy-MM-dd',
  e: '^x+',
};

export const templates: FuzzTarget = {
  property: 'A template of Apigee expands to a text, also inside of JSON, or is refused.',
  form: 'text',
  seeds: () => [
    '{"x":"{a}","y":[{b},"{c.d:f}"]}',
    '{substring(a,2,4)}{timeFormatUTCMs(c.d,a)}{toUpperCase(b)}',
    "{replaceAll(b,'c','d')}{jsonPath('$.c[0]',b)}{xPath('/a',b)}{createUuid()}{hash(b)}{encodeBase64(a)}",
    '{escapeJSON(b)}{timeFormatMs("yyyy",a)}{firstnonnull(z,a)}{randomLong(1,5)}',
  ],
  refusals: [LocatedError, MintError, ConversionError],
  words: ['{a}', '{b:', 'jsonPath(', 'timeFormat(', 'replaceAll(', 'substring(', "'$.c[*]'", '","', 'hmac', 'xeger('],
  maxBytes: 1_024,
  run({ text }) {
    const pieces = compileTemplate(SourceText.ofFile('t', text), (name) => ({
      needs: needsNothing,
      evaluate: () => (Object.hasOwn(values, name.text) ? values[name.text] : undefined),
    }));
    const parts = pieces.map((piece) => (piece.kind === 'text' ? piece.text : (piece.read(emptyScope) ?? '')));
    const map = compileMapTemplate(pieces, true);
    const value = map?.kind === 'computed' ? map.evaluate(emptyScope) : map?.value;
    return parts.join('').length + (JSON.stringify(value)?.length ?? 0);
  },
  // Each function may give as many characters as the longest replacement.
  maxOutput: (bytes) => 100_000 + 70_000 * bytes,
};

export const conditions: FuzzTarget = {
  property: 'A condition of a flow becomes alternatives within the bounds, or is left to somebody.',
  form: 'text',
  seeds: () => [
    '(proxy.pathsuffix MatchesPath "/a/**") and (request.verb = "GET" or request.verb == "PUT")',
    'request.header.a != null && !(request.queryparam.b JavaRegex "x.*")',
    "$operationPath() = '/a' and ($operationVerb() = 'GET' or $httpVerb() = 'PUT')",
    "message.headers.a = 'b' and not(request.verb = 'GET')",
  ],
  words: [
    'MatchesPath',
    'JavaRegex',
    ' and ',
    ' or ',
    'not(',
    '$operationPath()',
    '$operationID()',
    ' Is ',
    ' =| ',
    '((',
  ],
  maxBytes: 4_096,
  run({ text }) {
    readCondition(text);
    return JSON.stringify(alternativesOf(text) ?? []).length;
  },
  maxOutput: (bytes) => 10_000 + 200 * bytes,
};

const moment = parseTime('2026-01-31T12:34:56.789+01:00', 'DateTime');
const formatted = ['Date', 'DateTime', 'LocalDateTime', 'LocalTime', 'Time'] as const;

/** The first line is a pattern or a path, and the rest is what it is used on. */
export const times: FuzzTarget = {
  property: 'Times, durations and their patterns are read or refused, and a time is the same when its text is read.',
  form: 'text',
  seeds: () => [
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX\n2026-01-31T12:34:56.789+01:00",
    'EEE, d MMM yyyy HH:mm:ss Z\nSat, 31 Jan 2026 12:34:56 +0000',
    'uuuu-DDD\n2026-031',
    '60m\n2026-01-31T12:34:56Z',
    'PT1H2M3.5S\nP1Y2M3D',
    '|12:30:00Z|\n12:30:00.123456789+02:00',
  ],
  refusals: [MintError],
  words: [
    'yyyy',
    'MMMM',
    'EEEE',
    'XXX',
    "''",
    'Europe/Paris',
    '+18:00',
    'P1D',
    '1970-01-01',
    '999999999',
    '-999999999',
  ],
  maxBytes: 256,
  run({ text }) {
    const [pattern = '', ...lines] = text.split('\n');
    const written = lines.join('\n');
    for (const edition of Object.values(editions)) readDuration(written, edition);
    readDate(written);
    const before = compileTimeFormat(pattern)?.(1_494_390_266_000).length ?? 0;
    for (const kind of timeKinds) {
      const time = parseTime(written, kind);
      if (time === undefined) continue;
      const again = parseTime(timeText(time), kind);
      require(again !== undefined && timeText(again) === timeText(time), `${kind} differs when read again`);
    }
    parseTimeLiteral(written);
    for (const kind of formatted) parseByPattern(written, kind, pattern, 'LENIENT');
    return before + (moment === undefined ? 0 : formatTime(moment, pattern).length);
  },
  maxOutput: (bytes) => 10_000 + 200 * bytes,
};

export const jsonPaths: FuzzTarget = {
  property: 'A path into JSON selects values, or is not supported.',
  form: 'text',
  seeds: () => ['$.a.b[0]', "$['x y'].*[-1]", '$[*].n', '$.__proto__.constructor'],
  words: ['$.', '[*]', "['", '.*', '[-1]', '__proto__', 'constructor'],
  maxBytes: 256,
  run({ text }) {
    const value = { a: { b: ['x', { c: 2 }] }, list: [{ n: 1 }, { n: 2 }], t: true, 'x y': 5 };
    const found = parseJsonPath(text)?.(value) ?? [];
    require(found.every((one) => typeof one !== 'function' && one !== undefined), 'it selects what is no JSON');
    return JSON.stringify(found).length;
  },
  maxOutput: () => 1_000,
};

const route = makeRouter([
  { conditions: compileMatch({ host: '*.example', pathPrefix: '/a' }), destination: 'a' },
  { conditions: compileMatch({ path: '/b/*/c', method: ['GET'], query: { q: 'x' } }), destination: 'b' },
  { conditions: compileMatch({ headers: { 'x-a': 'b' } }), destination: 'c' },
]);

/** `:path`, `:authority` and the value of a header, a line each. */
export const requests: FuzzTarget = {
  property: 'What a client writes is routed or refused, and names no variable of the program.',
  form: 'text',
  seeds: () => [
    '/a/%2e%2e/b?q=x&a[b]=c;d=%00\nuser@a.example:443\nBy=spiffe://a;Hash=b;URI="c\\"d",By=e;Subject="CN=f"',
    'http://a.example/b/x/c?q=x\n[::1]:8080\neyJhIjp7ImIiOlsxXX19',
    '/a//b/./c;x=1?__proto__=1\na.example.\n00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ],
  refusals: [MintError],
  words: [
    '%2f',
    '%252e',
    '..;',
    '\\',
    '//',
    '?q=',
    '&a[b]=',
    '__proto__',
    '[::ffff:1.2.3.4]',
    '%00',
    'URI="',
    '0x7f.1',
  ],
  maxBytes: 1_024,
  run({ text }) {
    const [target = '', authority = '', value = ''] = text.split('\n');
    const { path, query } = readTarget(target);
    const length = [...readQuery(query)].flat().join('').length + (path?.length ?? 0);
    const interpretations = pathInterpretations(target)?.join('').length ?? 0;
    hostOf(authority);
    parametersOf(query ?? '', '&');
    possibleParameters(query ?? '');
    const headers = new HeaderList([
      ['x-forwarded-client-cert', value],
      ['x-payload', value],
      ['tracestate', value],
      ['x-a', value],
    ]);
    parseTraceparent(value);
    traceStateOf(headers);
    requireLastElement(value);
    for (const read of [
      () => payloadHeader('x-payload')(seenRequest({ headers: headers.all })),
      () => route({ authority, target, method: 'GET', routeName: undefined, headers }),
    ]) {
      refusable(read);
    }
    return length + interpretations;
  },
  maxOutput: (bytes) => 1_000 + 500 * bytes,
};

/** What proxies further away have written is not read of `x-forwarded-client-cert`. */
function requireLastElement(value: string): void {
  const certificateIn = (text: string): unknown => {
    try {
      return forwardedCertificate(new HeaderList([['x-forwarded-client-cert', text]]));
    } catch (error) {
      if (error instanceof MintError) return 'refused';
      throw error;
    }
  };
  const alone = certificateIn(value);
  const after = certificateIn(`URI=spiffe://first;Hash=a;DNS="a,b",${value}`);
  require(value === '' || isDeepStrictEqual(after, alone), 'an element before the last one is read');
}

function refusable(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
}

export const archives: FuzzTarget = {
  property: 'A ZIP archive is refused, or its files have no more bytes than are allowed.',
  form: 'bytes',
  seeds: () => [
    zip([
      { name: 'a/b.xml', text: '<a/>' },
      { name: 'c.yaml', text: 'a'.repeat(500) },
    ]),
  ],
  refusals: [ZipError],
  maxBytes: 2_048,
  run({ bytes }) {
    return readZip(bytes, (name) => name !== 'skipped').reduce((sum, entry) => sum + entry.bytes.length, 0);
  },
  maxOutput: () => maxBytes,
};
