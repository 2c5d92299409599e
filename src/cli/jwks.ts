/**
 * @module
 * `mintproc jwks`: the public keys of a configuration, as `serve` would publish them.
 */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { JwksDocuments } from '../configuration/keys/jwks-documents.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { printable } from '../diagnostics/printable.ts';
import type { PublicJwk } from '../keys/key-set.ts';
import type { PublishedKey } from '../keys/published-keys.ts';
import { signerAt } from '../keys/rotation.ts';
import { keySetPath } from '../publishing/key-server.ts';
import { writeAside } from '../publishing/write-aside.ts';
import { atOption } from './at-option.ts';
import { type Command, stringOption } from './command.ts';
import { loadedSnapshot } from './loaded-snapshot.ts';
import { recallKeys } from './remembered-keys.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const documents = ['keys', 'keys-akp', 'discovery'] as const;

const help = `Usage: mintproc jwks --config FILE [--document NAME] [--format json|pem] [--out FILE] [--at TIME]

Prints the public keys of a configuration as \`serve\` would publish them: those that sign, will sign, or are remembered
by the file of \`jwks.state\`. It needs the keys themselves, and never shows a private one or a secret.

  --config FILE    mintproc.yaml; it needs no \`jwks\`
  --document NAME  keys (default): the JWK set; keys-akp: that of the ML-DSA keys, if they are apart; discovery: the
                   document that leads to them, for which \`jwks\` must have an \`issuer\`
  --format FORM    json (default), or pem: the public keys in PEM, each after a line with its kid
  --out FILE       writes to FILE: aside first, then renamed, so that a reader never sees half of it
  --at TIME        the time, in seconds since 1970 or as 2026-01-01T00:00:00Z (default: now)`;

export const jwksCommand: Command = {
  help,
  options: {
    config: { type: 'string' },
    document: { type: 'string' },
    format: { type: 'string' },
    out: { type: 'string' },
    at: { type: 'string' },
  },
  formats: ['json', 'pem'],
  choices: { document: documents },
  async run(args, terminal) {
    const file = stringOption(args, 'config');
    if (file === undefined) throw new UsageError('The option --config is required: --config mintproc.yaml');
    const wanted = stringOption(args, 'document') ?? 'keys';
    const document = documents.find((name) => name === wanted);
    if (document === undefined) throw new UsageError('--document takes keys, keys-akp or discovery.');
    const isPem = stringOption(args, 'format') === 'pem';
    if (isPem && document === 'discovery')
      throw new UsageError('--format pem is for keys, not for --document discovery.');
    const at = atOption(args, terminal);
    const snapshot = await loaded(file, at, terminal);
    note(snapshot, at, terminal);
    const text = textOf(snapshot, at, document, isPem);
    const out = stringOption(args, 'out');
    if (out === undefined) terminal.out(text);
    else await write(out, text);
    return 0;
  },
};

function loaded(file: string, at: number, { environment, error }: Terminal): Promise<Snapshot> {
  const recall = (path: string): readonly PublishedKey[] =>
    recallKeys(path, ({ reason, suggestion }) =>
      error(`warning: Keys of \`jwks.state\` are missing here. ${reason} ${suggestion}`),
    );
  return loadedSnapshot(file, at, { environment, recall });
}

/** What a user hardly expects of the set. */
function note({ keys: { rings } }: Snapshot, at: number, { error }: Terminal): void {
  const signers = [...rings.values()].flatMap((ring) => signerAt(ring, at) ?? []);
  const notes = [
    signers.some(({ held }) => held.generated) && 'Another process has other keys: `generate` makes them at its start.',
    signers.some(({ held }) => held.thumbprint === undefined) &&
      'A policy signs with a secret, or with a key that no JWK can hold. It is not in the set.',
  ];
  for (const text of notes) if (text !== false) error(`note: ${printable(text)}`);
}

function textOf(snapshot: Snapshot, at: number, document: (typeof documents)[number], isPem: boolean): string {
  const made = new JwksDocuments(
    () => snapshot,
    () => at,
    () => undefined,
    () => snapshot.keys.remembered,
  );
  if (document === 'discovery') {
    if (snapshot.settings.jwks?.issuer !== undefined) return made.discovery(keySetPath);
    throw new CommandError('There is no discovery document: `jwks` has no `issuer`.');
  }
  const text = document === 'keys' ? made.keySet() : made.postQuantumKeySet();
  return isPem ? pemOf(JSON.parse(text)) : text;
}

function pemOf({ keys }: { readonly keys: readonly PublicJwk[] }): string {
  return keys
    .map((jwk) => `# kid: ${printable(String(jwk['kid']))}\n${publicPem(createPublicKey({ key: jwk, format: 'jwk' }))}`)
    .join('');
}

function publicPem(key: KeyObject): string {
  return String(key.export({ type: 'spki', format: 'pem' }));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeAside(path, text);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new CommandError(`The file ${path} cannot be written (${String(error.code)}).`);
  }
}
