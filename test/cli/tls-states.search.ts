/**
 * @module
 * The files of `tls` in any state beside policies in any state: a process that serves over TLS is reloaded again and
 * again, and new connections after each reload tell what came of it.
 */
import { X509Certificate } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { flexPolicy } from '../configuration/memory-files.ts';
import { type Certificates, makeCertificates } from '../e2e/harness/python-tools.ts';
import { probe } from '../e2e/harness/tls-probe.ts';
import { StreamClient } from '../extproc/stream-client.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { issuerOf, startTlsWorld, type TlsWorld } from './tls-world.ts';

export const search: Search = {
  name: 'tls-states',
  property:
    'Whatever state the files are in, new connections get the last pair that is good, and requests the last good policy.',
  inputs: 1_000,
  share: 12,
  run,
};

/** Reloads of one process, which is one input. */
const reloads = 12;

type Letter = 'a' | 'b';
const letters: readonly Letter[] = ['a', 'b'];
type Authorities = Readonly<Record<Letter, Certificates>>;

type Counts = Record<'reloads' | 'unusable' | 'refused' | 'exchanged', number>;

async function run(effort: Effort): Promise<string> {
  const caller = { name: 'client', dns: 'client', uri: 'urn:client' };
  const [a, b] = await Promise.all([makeCertificates(caller), makeCertificates(caller)]);
  const counts: Counts = { reloads: 0, unusable: 0, refused: 0, exchanged: 0 };
  for await (const number of effort.inputs()) await live({ a, b }, new Dice(effort.seed + number), counts);
  const { unusable, refused, exchanged } = counts;
  return `${counts.reloads} reloads, ${unusable} with a pair of no use, ${refused} refused, ${exchanged} pairs exchanged`;
}

/** What a file holds, for whoever reads a finding, and whose parts of it can be used; none where it is wrong. */
interface State {
  readonly said: string;
  readonly text: string | null;
  readonly of: readonly Letter[];
}

/** What must be so now. */
interface Expected {
  readonly server: Letter;
  readonly clients: readonly Letter[];
  readonly issuer: string;
  readonly isUsable: boolean;
  /** No file was changed. */
  readonly isSame?: boolean;
}

const configuration = `policies: [{ name: p, file: policy.yaml }]
routes: [{ match: {}, policies: [p] }]
listen: 127.0.0.1:0
tls: { certificate: tls.crt, key: tls.key, clientAuthorities: clients.crt }
reload: { watch: false }
`;

/** Null: without a file. */
const wrongPolicies: readonly (string | null)[] = ['', '{', '[]', 'x', null];
const wrongConfigurations: readonly (string | null)[] = [
  '[',
  '',
  `${configuration}drain: long\n`,
  configuration.replace('{}, policies: [p]', '{}, policies: [q]'),
  null,
];

async function live(authorities: Authorities, dice: Dice, counts: Counts): Promise<void> {
  const { a } = authorities;
  const files = new Map([
    ['mintproc.yaml', configuration],
    ['policy.yaml', flexPolicy({ iss: 'first' })],
    ['tls.crt', a.server.cert],
    ['tls.key', a.server.key],
    ['clients.crt', a.ca],
  ]);
  await using world = await startTlsWorld(files);
  const first = client(world, authorities, 'a', 'a');
  let expected: Expected = { server: 'a', clients: ['a'], issuer: 'first', isUsable: true };
  const history: string[] = [];
  try {
    same('the policy at first', await issuerOf(first), expected.issuer);
    for (let number = 1; number <= reloads; number++) {
      const next = dice.chance(85)
        ? change(files, authorities, dice, expected, history, String(number))
        : { ...expected, isSame: true };
      await reload(world, next, counts);
      if (next.server !== expected.server) counts.exchanged++;
      expected = next;
      await check(world, authorities, expected);
      same('the policy over the first connection', await issuerOf(first), expected.issuer);
    }
    await checkNewest(world, authorities, expected);
  } catch (error) {
    throw new Finding(`${history.join('\n')}\n${error instanceof Error ? error.message : error}`);
  } finally {
    first.close();
  }
}

async function reload(world: TlsWorld, { isUsable, isSame }: Expected, counts: Counts): Promise<void> {
  const said = world.said();
  const refusals = world.refusals();
  await world.reload();
  counts.reloads++;
  if (!isUsable) counts.unusable++;
  if (world.refusals() > refusals) counts.refused++;
  if (isSame === true && world.said() !== said) throw new Error('what was reported already is reported again');
}

/** Gives some of the files other contents. @returns what must be so once they are loaded */
function change(
  files: Map<string, string>,
  authorities: Authorities,
  dice: Dice,
  before: Expected,
  history: string[],
  issuer: string,
): Expected {
  const likely = dice.pick(letters);
  const certificate = fileState(dice, likely, { a: authorities.a.server.cert, b: authorities.b.server.cert });
  const key = fileState(dice, likely, { a: authorities.a.server.key, b: authorities.b.server.key });
  const clients = listState(dice, likely, { a: authorities.a.ca, b: authorities.b.ca });
  const isPolicyGood = dice.chance(60);
  const isConfigurationGood = dice.chance(80);
  const written: readonly [file: string, text: string | null][] = [
    ['tls.crt', certificate.text],
    ['tls.key', key.text],
    ['clients.crt', clients.text],
    ['policy.yaml', isPolicyGood ? flexPolicy({ iss: issuer }) : dice.pick(wrongPolicies)],
    ['mintproc.yaml', isConfigurationGood ? configuration : dice.pick(wrongConfigurations)],
  ];
  for (const [file, text] of written) {
    if (text === null) files.delete(file);
    else files.set(file, text);
  }
  const [server] = certificate.of;
  const isUsable = server !== undefined && server === key.of[0] && clients.of.length > 0;
  const goods = `policy ${isPolicyGood ? 'good' : 'wrong'}, configuration ${isConfigurationGood ? 'good' : 'wrong'}`;
  history.push(`${issuer}: certificate ${certificate.said}, key ${key.said}, authorities ${clients.said}, ${goods}`);
  return {
    ...(isUsable ? { server, clients: clients.of } : { server: before.server, clients: before.clients }),
    issuer: isPolicyGood && isConfigurationGood ? issuer : before.issuer,
    isUsable,
  };
}

type Texts = Readonly<Record<Letter, string>>;

/** Most sequences must come to something: good files are more likely than wrong ones, and pairs than mixtures. */
function fileState(dice: Dice, likely: Letter, texts: Texts): State {
  const letter = dice.chance(70) ? likely : dice.pick(letters);
  return dice.chance(85) ? { said: letter, text: texts[letter], of: [letter] } : wrongState(dice, texts);
}

function listState(dice: Dice, likely: Letter, texts: Texts): State {
  if (dice.chance(25)) return { said: 'a and b', text: `${texts.a}${texts.b}`, of: letters };
  if (dice.chance(10)) return { said: 'a and part of b', text: `${texts.a}${cut(dice, texts.b)}`, of: [] };
  return fileState(dice, likely, texts);
}

function wrongState(dice: Dice, texts: Texts): State {
  const letter = dice.pick(letters);
  const part = cut(dice, texts[letter]);
  const noise = String.fromCharCode(...Array.from({ length: dice.roll(40) }, () => 32 + dice.roll(95)));
  const wrongs: readonly [said: string, text: string | null][] = [
    ['missing', null],
    [`noise ${JSON.stringify(noise)}`, noise],
    [`${part.length} characters of ${letter}`, part],
    ['of other bytes', texts[letter].replace(/^[A-Za-z0-9+/]{20}/m, 'AAAAAAAAAAAAAAAAAAAA')],
  ];
  const [said, text] = dice.pick(wrongs);
  return { said, text, of: [] };
}

/** Without its end, of which the last line break is no part. */
function cut(dice: Dice, text: string): string {
  return text.slice(0, 1 + dice.roll(text.length - 2));
}

async function check(world: TlsWorld, authorities: Authorities, expected: Expected): Promise<void> {
  const trusted = letters.map((letter) => authorities[letter].ca);
  for (const letter of letters) {
    const { cert: certificate, key } = authorities[letter].caller;
    const { shown, served, socket } = await probe(world.address, { trusted, certificate, key });
    socket.destroy();
    const shownBy = letters.find((one) => new X509Certificate(authorities[one].server.cert).raw.equals(shown));
    same('the certificate shown', shownBy, expected.server);
    same(`whether the client of ${letter} is served`, served, expected.clients.includes(letter));
  }
  same('whether readiness tells of a pair of no use', world.tlsError !== undefined, !expected.isUsable);
}

/** A connection that comes after all reloads serves as the first one does. */
async function checkNewest(world: TlsWorld, authorities: Authorities, expected: Expected): Promise<void> {
  const [letter = 'a'] = expected.clients;
  const newest = client(world, authorities, expected.server, letter);
  try {
    same('the policy over a new connection', await issuerOf(newest), expected.issuer);
  } finally {
    newest.close();
  }
}

/** A connection of its own. */
function client(world: TlsWorld, authorities: Authorities, server: Letter, caller: Letter): StreamClient {
  const { key, cert } = authorities[caller].caller;
  const credentials = grpc.credentials.createSsl(
    Buffer.from(authorities[server].ca),
    Buffer.from(key),
    Buffer.from(cert),
  );
  return new StreamClient(world.address, credentials, { 'grpc.use_local_subchannel_pool': 1 });
}

function same(what: string, is: unknown, expected: unknown): void {
  if (is !== expected) throw new Error(`${what}: ${String(is)}, expected ${String(expected)}`);
}
