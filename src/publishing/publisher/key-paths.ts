/**
 * @module
 * Public keys in files and folders: PEM, certificates, JWKs and sets of them. Private keys are refused: the publisher
 * needs none, and what can be read can be lost.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import type { FileContents, FolderContents } from '../../configuration/files.ts';
import { type HeldKey, heldKey } from '../../keys/held-key.ts';
import { derOf, hasPublicKey, isPrivateKey, type PemBlock, pemBlocks } from '../../keys/pem.ts';
import { objectionToKey } from '../../keys/public-jwk.ts';
import { readSet, type SeenKey, type Sight } from './seen-keys.ts';

export interface PathReader {
  read(path: string): Promise<FileContents>;
  list(path: string): Promise<FolderContents>;
}

/** Files of a folder in which public keys are expected. */
const publicNames = /\.(?:crt|cer|pem|pub|jwk|jwks|json)$/;

/** More than a folder of keys has. */
const maxFiles = 256;

/** The file at a path, or all files with public keys of the folder there. */
export async function readPath(path: string, files: PathReader): Promise<readonly Sight[]> {
  const listing = await files.list(path);
  if (listing.kind === 'failed') return [await readFile(path, files, false)];
  const names = listing.names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).sort();
  const wanted = names.filter((name) => publicNames.test(name) && name !== 'ca.crt');
  const objections = folderObjections(names, wanted);
  const sights: Sight[] = objections.length === 0 ? [] : [{ from: path, keys: [], objections }];
  for (const name of wanted.slice(0, maxFiles)) sights.push(await readFile(`${path}/${name}`, files, true));
  return sights;
}

function folderObjections(names: readonly string[], wanted: readonly string[]): readonly string[] {
  const objections: string[] = [];
  if (names.some((name) => name.endsWith('.key'))) {
    objections.push(
      'The folder has a private key (*.key), which is not read. The publisher needs none: mount only the certificate (`items` of a Secret), so that nobody can take it from here.',
    );
  }
  if (wanted.length > maxFiles) objections.push(`The folder has more than ${maxFiles} files with keys.`);
  if (wanted.length === 0) objections.push('The folder has no file with a public key (*.crt, *.pem, *.jwk, *.json …).');
  return objections;
}

async function readFile(path: string, files: Pick<PathReader, 'read'>, isInFolder: boolean): Promise<Sight> {
  const contents = await files.read(path);
  if (contents.kind === 'failed') return { from: path, keys: undefined, objections: [`The file ${contents.reason}.`] };
  const text = Buffer.from(contents.bytes).toString();
  return /^\s*\{/.test(text) ? readSet(text, path) : readPem(text, path, isInFolder);
}

function readPem(text: string, from: string, isInFolder: boolean): Sight {
  const blocks = pemBlocks(text);
  if (blocks.some(isPrivateKey)) return refused(from, privateKey);
  const isCertificate = ({ label }: PemBlock): boolean => label === 'CERTIFICATE';
  const chain = blocks.filter(isCertificate).flatMap((block) => derOf(block) ?? []);
  const alone = blocks.filter((block) => hasPublicKey(block) && !isCertificate(block));
  if (chain.length === 0 && alone.length === 0)
    return refused(from, 'The file has no public key or certificate in PEM.');
  try {
    const keys = [...certified(chain, isInFolder), ...alone.map(({ text: pem }) => heldKey(createPublicKey(pem)))];
    if (keys.some(({ thumbprint }) => thumbprint === undefined)) return refused(from, 'No JWK set can hold the key.');
    for (const { key } of keys) {
      const objection = objectionToKey(key);
      if (objection !== undefined) return refused(from, objection);
    }
    return { from, keys: keys.map(seen), objections: [] };
  } catch (error) {
    return refused(from, error instanceof Authority ? error.message : 'The public key or certificate is damaged.');
  }
}

const privateKey =
  'The file has a private key, and is not used. The publisher takes public halves only: write the certificate, or `openssl pkey -in FILE -pubout`.';

function refused(from: string, objection: string): Sight {
  return { from, keys: undefined, objections: [objection] };
}

class Authority extends Error {}

/** The first certificate is that of the key, and the others lead to its authority (RFC 7517 section 4.7). */
function certified(chain: readonly Uint8Array[], isInFolder: boolean): readonly HeldKey[] {
  const [first] = chain;
  if (first === undefined) return [];
  const { publicKey, ca } = new X509Certificate(first);
  // Whoever holds the key of an authority could make tokens.
  if (ca && isInFolder) {
    throw new Authority('The certificate is that of an authority. Name the file itself if it signs tokens.');
  }
  return [heldKey(publicKey, { certificates: chain })];
}

function seen(held: HeldKey): SeenKey {
  return { held: { ...held, kid: held.thumbprint }, algorithms: new Set() };
}
