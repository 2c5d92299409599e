import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem, Problems } from '../../src/diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../../src/diagnostics/source-text.ts';
import { compileExpression } from '../../src/expressions/expression.ts';
import { checkReads } from '../../src/expressions/member-check.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { knownCallers } from '../../src/identity/known-callers.ts';

type Sources = readonly object[] | undefined;

const jwt = [{ from: 'jwt_authn', as: 'jwt-validation' }];

/** One line for each finding: place, code, what to write instead. Undefined sources: no configuration. */
const examples: [name: string, sources: Sources, expression: string, found: readonly string[]][] = [
  [
    'a near name',
    undefined,
    'authentication.principle',
    ['16 dataweave.unknown-member Did you mean `authentication.principal`?'],
  ],
  [
    'in brackets',
    undefined,
    "attributes['header']",
    ['12 dataweave.unknown-member Did you mean `attributes.headers`?'],
  ],
  ['in quotes', undefined, 'attributes."metod"', ['12 dataweave.unknown-member Did you mean `attributes.method`?']],
  [
    "Mule's own names",
    undefined,
    'attributes.rawRequestUri ++ attributes.relativePath',
    [
      '12 dataweave.unknown-member Write `attributes.requestUri`.',
      '40 dataweave.unknown-member Write `attributes.requestPath`.',
    ],
  ],
  [
    'no near name',
    undefined,
    'attributes.zzzzzz',
    [
      '12 dataweave.unknown-member The members are: headers, queryParams, method, requestPath, requestUri, remoteAddress, localAddress, queryString, scheme, version, statusCode.',
    ],
  ],
  [
    'a claim at the wrong place',
    undefined,
    'authentication.email',
    ['16 dataweave.unknown-member A claim is `authentication.properties.claims.email`.'],
  ],
  [
    'a name that is not plain is not repeated',
    undefined,
    "authentication['a key: with spaces']",
    ['16 dataweave.unknown-member A claim is `authentication.properties.claims.NAME`.'],
  ],
  [
    'a member of a string',
    undefined,
    'authentication.principal.name',
    ['26 dataweave.unknown-member Remove the rest of the path.'],
  ],
  [
    'a method of strings elsewhere',
    undefined,
    'attributes.method.toUpperCase()',
    ['19 dataweave.unknown-member Write `upper(x)`, where `x` is the path before it.'],
  ],
  [
    'a member of a header',
    undefined,
    'attributes.headers.authorization.length',
    ['34 dataweave.unknown-member Write `sizeOf(x)`, where `x` is the path before it.'],
  ],
  [
    'a member of a character',
    undefined,
    'attributes.headers.x[0].y default authentication.principal[0].name',
    [
      '25 dataweave.unknown-member Remove the rest of the path.',
      '63 dataweave.unknown-member Remove the rest of the path.',
    ],
  ],
  ['a character of a character', undefined, 'attributes.method[0][0]', []],
  ['an open object without a configuration', undefined, 'authentication.properties.anything', []],
  ['a computed name', jwt, 'authentication.properties[attributes.method]', []],
  ['an index is no name', undefined, 'authentication.principal[0]', []],
  ['the whole input', jwt, 'authentication.properties', []],
  [
    'a member that only another object has',
    jwt,
    'authentication.properties.userProperties.mail',
    ['27 dataweave.unknown-member A claim is `authentication.properties.claims.mail`.'],
  ],
  [
    'a near member of the object',
    jwt,
    'authentication.properties.claim.sub',
    ['27 dataweave.unknown-member Did you mean `authentication.properties.claims`?'],
  ],
  [
    'the text of a token that no source has',
    jwt,
    'authentication.properties.jwt',
    [
      '27 identity.unfilled-member Write `jwt: { header: authorization }` in a source of `authentication`, and let the filter forward the token.',
    ],
  ],
  [
    'one source of several that fills it',
    [...jwt, { from: 'headers', clientName: 'x-name' }],
    'authentication.clientName default authentication.properties.sub',
    ['61 dataweave.unknown-member A claim is `authentication.properties.claims.sub`.'],
  ],
  [
    'no source at all',
    [],
    'authentication.principal',
    ['16 identity.unfilled-member Declare the sources of the caller in mintproc.yaml.'],
  ],
  [
    'a claim that a closed source cannot have',
    [{ from: 'headers', principal: 'x-user', properties: { team: 'x-team' } }],
    'authentication.properties.claims.teem default authentication.properties.team',
    ['34 dataweave.unknown-member Did you mean `authentication.properties.claims.team`?'],
  ],
  [
    'a claim that a certificate does not have',
    [{ from: 'certificate' }],
    'authentication.properties.claims.email',
    ['34 dataweave.unknown-member The claims of the source are: subject, commonName, uri, dns, hash.'],
  ],
  [
    'the forwarded certificate has one claim more',
    [{ from: 'certificate', trustForwardedClientCert: true }],
    'authentication.properties.by',
    [],
  ],
  [
    'the client of a certificate',
    [{ from: 'certificate' }],
    'authentication.clientId',
    [
      '16 identity.unfilled-member Write `clientId: CLAIM`, or `clientId: { header: NAME }`, in a source of `authentication`.',
    ],
  ],
];

for (const [name, sources, expression, found] of examples) {
  for (const profile of ['flex', 'dataweave'] as const) {
    test(`members that nothing fills, ${profile}: ${name}`, () => {
      const source = SourceText.ofFile('x', expression).describe(whollyHarmless);
      const callers = sources && knownCallers(authenticationSchema.parse({ sources }));
      const problems = new Problems();
      checkReads(source, compileExpression(source, { profile }).reads, callers, problems);
      const lines = problems.all.map(({ place, code, suggestion }) => `${place.column} ${code} ${suggestion}`);
      assert.deepEqual(lines, found);
      for (const { message } of problems.all) assert.match(message, /`[^`]+`/);
    });
  }
}

test('a message says which object the caller is', () => {
  const source = SourceText.ofFile('x', 'authentication.properties.userProperties').describe(whollyHarmless);
  const problems = new Problems();
  const sources = [...jwt, { from: 'headers', as: 'client-id', clientId: 'x-id' }];
  const callers = knownCallers(authenticationSchema.parse({ sources }));
  checkReads(source, compileExpression(source, { profile: 'flex' }).reads, callers, problems);
  assert.deepEqual(
    problems.all.map(({ message }) => message),
    [
      'Nothing fills `authentication.properties.userProperties`: it is always null, because of `as: jwt-validation`, `as: client-id`.',
    ],
  );
});

test('a name that is not plain is in no message', () => {
  const text = "authentication['a key: with spaces']";
  const source = SourceText.ofFile('x', text);
  const problems = new Problems();
  checkReads(source, compileExpression(source, { profile: 'flex' }).reads, undefined, problems);
  assert.doesNotMatch(problems.all.map(formatProblem).join('\n'), /key/);
});
