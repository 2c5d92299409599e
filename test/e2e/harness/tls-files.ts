/**
 * @module
 * The certificates and keys of the tests of TLS, made when they run: a server for `localhost` and 127.0.0.1 and a
 * client under one authority, and a stranger under another.
 */
import { makeCertificates } from './python-tools.ts';

export type TlsFile = `${'server' | 'client' | 'stranger'}.${'crt' | 'key'}` | 'authority.crt';

/** Each in PEM. @param serverSeconds until the server's certificate ends; default: a day */
export async function makeTlsFiles(serverSeconds?: number): Promise<Readonly<Record<TlsFile, string>>> {
  const name = { name: 'client', dns: 'client', uri: 'urn:client' };
  const ending = serverSeconds === undefined ? {} : { serverSeconds };
  const [own, foreign] = await Promise.all([makeCertificates({ ...name, ...ending }), makeCertificates(name)]);
  return {
    'authority.crt': own.ca,
    'server.crt': own.server.cert,
    'server.key': own.server.key,
    'client.crt': own.caller.cert,
    'client.key': own.caller.key,
    'stranger.crt': foreign.caller.cert,
    'stranger.key': foreign.caller.key,
  };
}
