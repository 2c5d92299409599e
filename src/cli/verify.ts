/**
 * @module
 * `mintproc verify`: checks a token as its recipient would.
 */
import { printable } from '../diagnostics/printable.ts';
import type { GivenKeys } from '../trial/snapshot-keys.ts';
import { type Verdict, verifyToken } from '../verification/verify-token.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { atOption } from './at-option.ts';
import { type Arguments, type Command, listOption, stringOption } from './command.ts';
import { durationOption } from './duration-option.ts';
import type { Terminal } from './terminal.ts';
import { readTokenText } from './token-argument.ts';
import { keyChoices, keyOptions, keysOfConfiguration, keysOfJwks, keysOfOptions } from './verifying-keys.ts';

const help = `Usage: mintproc verify [TOKEN|-] [--jwks FILE|URL] [--key FILE] [--encoding NAME] [--passphrase-file FILE]
                       [--config FILE] [--issuer ISS] [--audience AUD] [--at TIME] [--leeway 60s] [--claims] [--format text|json]

Checks a token as its recipient would, with a line for each check. Without TOKEN it reads standard input, which keeps
the token out of the shell's history and the list of processes. White space and \`Bearer\` around it do not matter.

  --jwks FILE|URL  a JWK set; a URL must have https, or http of this machine
  --key FILE       a public key, private key or certificate in PEM, a JWK, or else a secret; may be repeated. A private
                   key or a secret also opens encrypted tokens
  --encoding NAME  how the secrets of --key are written: utf8 (default), hex, base64 or base64url
  --passphrase-file FILE  the passphrase of an encrypted key of --key
  --config FILE    the mintproc.yaml whose keys are taken: those that it would publish, and its secrets
  --issuer ISS     the issuer that the token must have; may be repeated: one of them
  --audience AUD   an audience that the token must have; may be repeated: one of them
  --at TIME        the verifier's time, in seconds since 1970 or as 2026-01-01T00:00:00Z (default: now)
  --leeway TIME    by how much the clocks may differ, such as 60s (default: 0s)
  --claims         also shows the header and the claims, also of a token that is not valid
  --format FORM    text (default), or json: {"valid", "checks": [{check, result, message}]}; with --claims also
                   header and claims

The package jose verifies; node:crypto does what jose does not have: RSA1_5, Ed448, and RSA keys bound to PSS.
The exit code is 0 if the token is valid, and 1 if not.`;

export const verifyCommand: Command = {
  help,
  options: {
    jwks: { type: 'string', multiple: true },
    ...keyOptions,
    config: { type: 'string', multiple: true },
    issuer: { type: 'string', multiple: true },
    audience: { type: 'string', multiple: true },
    at: { type: 'string' },
    leeway: { type: 'string' },
    claims: { type: 'boolean' },
    format: { type: 'string' },
  },
  choices: keyChoices,
  async run(args, terminal) {
    const [at, leeway] = [atOption(args, terminal), durationOption(args, 'leeway', leewayRange)];
    const { keys, notes } = await givenKeys(args, at, terminal);
    const token = await readTokenText(args, terminal);
    for (const note of notes) terminal.error(`note: ${printable(note)}`);
    const [issuers, audiences] = [listOption(args, 'issuer'), listOption(args, 'audience')];
    const verdict = await verifyToken(token, { keys, issuers, audiences, at, leeway });
    const withClaims = args.values['claims'] === true;
    terminal.out(stringOption(args, 'format') === 'json' ? json(verdict, withClaims) : text(verdict, withClaims));
    return verdict.valid ? 0 : 1;
  },
};

const leewayRange = { byDefault: '0s', min: '0s', max: '1d' };

async function givenKeys(args: Arguments, at: number, terminal: Terminal): Promise<GivenKeys> {
  const inFiles = keysOfOptions(args);
  const given: GivenKeys[] = listOption(args, 'key').length === 0 ? [] : [inFiles];
  for (const source of listOption(args, 'jwks')) given.push(await keysOfJwks(source));
  for (const file of listOption(args, 'config')) given.push(await keysOfConfiguration(file, at, terminal));
  const keys: readonly VerifyingKey[] = given.flatMap((one) => one.keys);
  const notes = given.flatMap((one) => one.notes);
  return { keys, notes: given.length === 0 ? ['Give keys by --jwks, --key or --config.'] : notes };
}

const labels = { pass: 'pass', fail: 'FAIL', note: 'note' } as const;

function text({ valid, checks, header, claims }: Verdict, withClaims: boolean): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, result, message }) => `${labels[result]}  ${name.padEnd(width)}  ${printable(message)}\n`,
  );
  const failed = checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
  const verdict = valid ? 'The token is valid.\n' : `The token is not valid: ${failed.join(', ')}.\n`;
  const parts = withClaims ? `\nheader ${pretty(header)}\nclaims ${pretty(claims)}\n` : '';
  return `${lines.join('')}${verdict}${parts}`;
}

function pretty(value: unknown): string {
  return value === undefined ? 'cannot be read' : printableJson(JSON.stringify(value, null, 2));
}

/** JSON has line breaks of its own only; what a claim has of them is escaped. */
function printableJson(json: string): string {
  return json.split('\n').map(printable).join('\n');
}

function json({ valid, checks, header, claims }: Verdict, withClaims: boolean): string {
  const named = checks.map(({ name, result, message }) => ({ check: name, result, message }));
  const parts = withClaims ? { header: header ?? null, claims: claims ?? null } : {};
  return `${JSON.stringify({ valid, checks: named, ...parts })}\n`;
}
