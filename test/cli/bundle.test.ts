import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { exportFiles, maxMarks, maxSteps } from '../../src/cli/export-files.ts';
import { CommandError } from '../../src/cli/terminal.ts';
import { isBundleFile } from '../../src/dialects/apigee/bundle/proxy-files.ts';
import { runCommand } from './captured-terminal.ts';
import { zip } from './zip-writer.ts';

const files: Readonly<Record<string, string>> = {
  'apiproxy/policies/Generate.xml': `<GenerateJWT name="Generate">
    <Algorithm>HS256</Algorithm>
    <SecretKey><Value ref="private.key"/><Id ref="private.kid"/></SecretKey>
    <Subject ref="apigee.developer.email"/>
    <Issuer ref="iss"/>
    <Audience ref="private.aud"/>
    <ExpiresIn>1h</ExpiresIn>
    <AdditionalClaims>
      <Claim name="b" ref="baseURI"/><Claim name="v" ref="request.verb"/><Claim name="c" ref="code"/><Claim name="e" ref="odd"/>
    </AdditionalClaims>
  </GenerateJWT>`,
  'apiproxy/policies/Second.xml': `<GenerateJWT name="Second"><Algorithm>HS256</Algorithm>
    <SecretKey><Value ref="private.key"/></SecretKey><Subject ref="jwt.Generate.claim.subject"/></GenerateJWT>`,
  'apiproxy/policies/Assign.xml': `<AssignMessage name="Assign">
    <AssignVariable><Name>iss</Name><Value>https://issuer.example.com</Value></AssignVariable>
    <AssignVariable><Name>baseURI</Name><Template>https://{request.header.host}/{organization.name}</Template></AssignVariable>
    <AssignVariable><Name>code</Name><Ref>request.queryparam.code</Ref><Value>none</Value></AssignVariable>
    <AssignVariable><Name>odd</Name><Template>{xeger('[a-z]')}</Template></AssignVariable>
    <AssignVariable><Name>private.key</Name><Value>never shown</Value></AssignVariable>
  </AssignMessage>`,
  'apiproxy/proxies/default.xml': `<ProxyEndpoint name="default">
    <PreFlow name="PreFlow"><Request><Step><Name>Assign</Name></Step>
      <Step><Condition>request.verb
        = "GET"</Condition><Name>Generate</Name></Step></Request></PreFlow>
    <Flows><Flow name="orders"><Condition>proxy.pathsuffix MatchesPath "/orders"</Condition>
      <Request><Step><Name>Generate</Name></Step></Request></Flow></Flows>
  </ProxyEndpoint>`,
  'apiproxy/resources/xsl/broken.xml': '<not closed',
  'apiproxy/notes.txt': 'no XML',
};

const folder = mkdtempSync(join(tmpdir(), 'mintproc-bundle-'));
after(() => rmSync(folder, { recursive: true }));
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const archive = join(folder, 'proxy.zip');
writeFileSync(archive, zip(Object.entries(files).map(([name, text]) => ({ name, text }))));

/** What `validate` says of the bundle's variables, as YAML reads the section. */
const section = {
  iss: 'https://issuer.example.com',
  baseURI: { template: 'https://{request.header.host}/{organization.name}' },
  code: { template: '{request.queryparam.code:none}' },
  odd: { metadata: 'envoy.filters.http.ext_authz', path: ['odd'] },
  'private.key': { file: 'secrets/key' },
  'private.kid': { file: 'secrets/kid' },
  'private.aud': { file: 'secrets/aud', readable: false },
};

for (const bundle of [join(folder, 'apiproxy'), archive]) {
  test(`validate reads ${bundle.slice(folder.length + 1)}`, async () => {
    const { code, out } = await runCommand(['validate', '--format', 'json', bundle]);
    const { files: reports, bundles } = JSON.parse(out);
    assert.equal(code, 0);
    assert.deepEqual(
      reports.map((report: { ok: boolean }) => report.ok),
      [true, true],
    );
    const [{ policies, section: text }] = bundles;
    assert.deepEqual(
      policies.map(({ name, calls }: { name: string; calls: object }) => ({ name, calls })),
      [
        {
          name: 'Generate',
          calls: [
            {
              policy: 'Generate',
              flow: 'ProxyEndpoint default, PreFlow, Request',
              conditions: ['request.verb = "GET"'],
              destinations: [],
              routes: [],
            },
            {
              policy: 'Generate',
              flow: 'ProxyEndpoint default, Flow orders, Request',
              conditions: ['proxy.pathsuffix MatchesPath "/orders"'],
              destinations: [],
              routes: [],
            },
          ],
        },
        { name: 'Second', calls: [] },
      ],
    );
    assert.deepEqual(parse(text), { variables: section });
    assert.ok(!out.includes('never shown'));
  });
}

test('validate says the same in words', async () => {
  const { out } = await runCommand(['validate', archive]);
  for (const line of [
    'has 2 GenerateJWT policies:',
    '    ProxyEndpoint default, PreFlow, Request, when request.verb = "GET"',
    '      no policy after it reads the token: write its header as `output`',
    '    no flow calls it',
    '  #   AssignMessage Assign in apiproxy/policies/Assign.xml (by a template that mintproc does not have), in ProxyEndpoint default, PreFlow, Request',
    '  iss: https://issuer.example.com # as Assign assigns it; read by Generate',
    '# apigee: { organization: … } # write what it was, which no file of the proxy says, for organization.name, read by Generate',
    "# as: apigee gives Generate the caller's apigee.developer.email",
    '# Write in the entry of Generate: authentication: { as: apigee }',
    '  private.aud: { file: secrets/aud, readable: false } # tokens would show it: write true if it is not a secret; read by Generate',
  ]) {
    assert.ok(out.includes(line), line);
  }
});

test('a bundle with an unreadable policy is not valid', async () => {
  const path = join(folder, 'bad.zip');
  writeFileSync(path, zip([{ name: 'p.xml', text: '<GenerateJWT name="x">' }]));
  const { code, out } = await runCommand(['validate', path]);
  assert.equal(code, 1);
  assert.match(out, /policy\.syntax/);
});

test('an archive without such a policy is an error', async () => {
  const path = join(folder, 'none.zip');
  writeFileSync(path, zip([{ name: 'p.xml', text: '<AssignMessage name="x"/>' }]));
  assert.match((await runCommand(['validate', path])).out, /no policy that mints a token/);
});

test('a damaged archive is one sentence', async () => {
  const path = join(folder, 'damaged.zip');
  writeFileSync(path, 'PK\x03\x04');
  const { code, out } = await runCommand(['validate', path]);
  assert.equal(code, 1);
  assert.match(out, /error: The file \S+damaged\.zip is damaged\. \[config\.unreadable-file\]\n/);
});

const limits: [what: string, one: string, max: number][] = [
  ['attributes', '=', maxMarks],
  ['elements', '<', maxMarks],
  ['steps', '<Step', maxSteps],
];

for (const [what, one, max] of limits) {
  test(`an archive with as many ${what} as allowed, and one more`, () => {
    const path = join(folder, `many-${what}.zip`);
    writeFileSync(path, zip([{ name: 'a.xml', text: one.repeat(max) }]));
    assert.equal(exportFiles(path, isBundleFile)?.files.length, 1);
    writeFileSync(path, zip([{ name: 'a.xml', text: one.repeat(max + 1) }]));
    assert.throws(() => exportFiles(path, isBundleFile), CommandError);
  });
}

/** Names of policies, flows and conditions come from files that others wrote. */
test('a name with line breaks stays in its line', async () => {
  const path = join(folder, 'lines.zip');
  const step = (name: string): string => `<Step><Name>${name}</Name></Step>`;
  const entries = {
    'apiproxy/policies/G.xml': `<GenerateJWT name="G"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.k"/></SecretKey>
      <Subject ref="who"/><OutputVariable>token</OutputVariable></GenerateJWT>`,
    'apiproxy/policies/A.xml': `<AssignMessage name="A&#10;routes: []"><Set><Headers><Header name="x-token">{token}</Header></Headers></Set>
      <AssignVariable><Name>who</Name><Ref>x</Ref><Value>a&#10;b: c</Value></AssignVariable></AssignMessage>`,
    'apiproxy/proxies/default.xml': `<ProxyEndpoint name="d&#10;policies: []"><PreFlow><Request>${step('A\nroutes: []')}${step('G')}${step('A\nroutes: []')}
      </Request></PreFlow><HTTPProxyConnection><BasePath>/x</BasePath></HTTPProxyConnection></ProxyEndpoint>`,
  };
  writeFileSync(path, zip(Object.entries(entries).map(([name, text]) => ({ name, text }))));
  const { out } = await runCommand(['validate', path]);
  assert.match(out, /by A routes: \[\]/);
  assert.doesNotMatch(out, /^\s*(?:routes|policies|b): (?:\[\]|c)/m);
});
