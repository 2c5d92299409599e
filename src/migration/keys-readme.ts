/**
 * @module
 * Writes `keys/README.md`: the keys to provide, where each was, and how to put it there.
 */
import { markdownCode, markdownSentence, markdownTable } from '../documents/write-markdown.ts';
import type { KeyFile } from './key-files.ts';
import type { Migration } from './migration.ts';

const kinds: Readonly<Record<KeyFile['kind'], string>> = {
  private: 'private key',
  secret: 'secret',
  public: 'public key or certificate',
};

export function keysReadme({ keys }: Migration): string {
  const intro =
    keys.length === 0
      ? [
          'The import found no key to provide: each policy has its own in its file, or `mintproc.yaml` says FILL IN where a',
          'key belongs.',
        ]
      : [
          'mintproc reads these files. The import wrote none of them: an export does not have the keys, or they are not',
          'copied out of it. Put each into this folder under the name below.',
        ];
  const rows = keys.map(({ file, kind, algorithms, origin, entries }) => [
    markdownCode(file.slice('keys/'.length)),
    [kinds[kind], ...(algorithms.size === 0 ? [] : [`for ${[...algorithms].join(' and ')}`])].join(' '),
    markdownSentence(origin),
    entries.map(markdownCode).join(', '),
  ]);
  const table = markdownTable(['File', 'What it is', 'Where it was', 'Entries that use it'], rows);
  const steps = [...new Set(keys.map(({ kind }) => kind))].flatMap((kind) => [
    ...howTo[kind],
    ...newKeys(keys.filter((key) => key.kind === kind)),
  ]);
  const lines = [
    '# Keys to provide',
    '',
    ...intro,
    ...(table.length === 0 ? [] : ['', ...table, ...steps, ...custody]),
  ];
  return `${lines.join('\n')}\n`;
}

const howTo: Readonly<Record<KeyFile['kind'], readonly string[]>> = {
  private: [
    '',
    '## Private keys',
    '',
    'The file has one private key in PEM (PKCS#8, PKCS#1 or SEC1), or a JWK.',
    '',
    '- **From a KVM of Apigee**: the management API gives the value of an entry that is not encrypted. Save it as it is;',
    '  line breaks that became `\\n` are lost line breaks: `printf \'%b\' "$VALUE" > FILE`. An encrypted entry is only',
    '  readable by a proxy: get the key where it was created.',
    '- **From a keystore of Apigee or a crypto object of DataPower**: gateways do not give private keys away. Take the',
    '  file that was uploaded there. `openssl pkcs12 -in FILE.p12 -nocerts -nodes -out FILE` reads PKCS#12.',
    "- **From a Kubernetes Secret**: `kubectl get secret NAME -o jsonpath='{.data.KEY}' | base64 -d > FILE`.",
    '',
    'Check it: `openssl pkey -in FILE -noout -check`.',
  ],
  secret: [
    '',
    '## Secrets',
    '',
    'The file has the secret itself, in the encoding that the policy or the entry names (default: the text). A line break',
    'at its end is not part of it. Write it without one: `printf %s "$SECRET" > FILE`. From a Kubernetes Secret:',
    "`kubectl get secret NAME -o jsonpath='{.data.KEY}' | base64 -d > FILE`.",
  ],
  public: [
    '',
    '## Public keys',
    '',
    'The file has a public key or a certificate in PEM, or a JWK: the one that tokens are encrypted to. It is not secret.',
    'The recipient can give it to you again, or `openssl x509 -in CERTIFICATE -noout -pubkey > FILE` reads it.',
  ],
};

/** How a new key is made, by what it signs with. */
const makers: readonly (readonly [algorithms: RegExp, command: string])[] = [
  [/^[RP]S\d+$/, 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out'],
  [/^ES256$/, 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out'],
  [/^ES384$/, 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out'],
  [/^ES512$/, 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out'],
  [/^EdDSA$/, 'openssl genpkey -algorithm ed25519 -out'],
  // Hexadecimal digits are long enough for every HS algorithm in each encoding that a policy can name.
  [/^HS\d+$/, 'openssl rand -hex 64 -out'],
];

/** A key that is not available is replaced. The commands run in the folder of the keys. */
function newKeys(keys: readonly KeyFile[]): readonly string[] {
  const commands = keys.flatMap(({ file, algorithms }) => {
    const [algorithm = ''] = algorithms;
    const maker = makers.find(([pattern]) => pattern.test(algorithm));
    return maker === undefined ? [] : [`${maker[1]} ${file.slice('keys/'.length)}`];
  });
  if (commands.length === 0) return [];
  return [
    '',
    'If a key is not available, make a new one, in this folder. Verifiers need it, or its public half, before tokens are',
    'signed with it.',
    '',
    '```sh',
    ...commands,
    '```',
  ];
}

const custody = [
  '',
  '## Permissions',
  '',
  'Nobody but mintproc may read them: `chmod 600 FILE`, owned by the user that runs mintproc. mintproc warns about a key',
  'file that every user of the machine can read. `.gitignore` in this folder keeps keys out of git. In Kubernetes, mount',
  'a Secret here with `defaultMode: 0440`.',
];
