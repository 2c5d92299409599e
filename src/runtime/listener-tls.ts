/**
 * @module
 * The certificate and key that Envoy sees at `listen`, read and tried at load.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import type { Configuration } from './configuration.ts';
import { type FileReader, readText } from './files.ts';

/** All in PEM. */
export interface ListenerTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string | undefined;
}

/** Undefined where the configuration wants none, or where a problem says why there is none. */
export function loadTls(
  { settings, document }: Configuration,
  files: Pick<FileReader, 'read'>,
  resolve: (file: string) => string,
  problems: Problems,
): ListenerTls | undefined {
  if (settings?.tls === undefined) return undefined;
  const report = (member: string, code: Code, details: ProblemDetails): void =>
    document.report(problems, ['tls', member], code, details);
  const read = (member: string, file: string): string | undefined => {
    const contents = readText(files, resolve(file));
    if (contents.kind === 'text') return contents.text;
    report(member, 'config.unreadable-file', { message: `The file ${file} ${contents.reason}.` });
    return undefined;
  };
  const { certificate, key, clientAuthorities } = settings.tls;
  const authorities = clientAuthorities === undefined ? undefined : read('clientAuthorities', clientAuthorities);
  const tls = {
    certificate: read('certificate', certificate),
    key: read('key', key),
    clientAuthorities: authorities,
  };
  if (tls.certificate === undefined || tls.key === undefined) return undefined;
  if (clientAuthorities !== undefined && authorities === undefined) return undefined;
  const fault = faultOf(tls);
  if (fault === undefined) return { ...tls, certificate: tls.certificate, key: tls.key };
  report(fault.member, 'config.unusable-tls', { message: fault.message });
  return undefined;
}

interface Fault {
  readonly member: 'certificate' | 'key' | 'clientAuthorities';
  readonly message: string;
}

/** What OpenSSL says of a key is not passed on: it might quote it. */
function faultOf({
  certificate: cert,
  key,
  clientAuthorities,
}: {
  certificate?: string | undefined;
  key?: string | undefined;
  clientAuthorities?: string | undefined;
}): Fault | undefined {
  if (!isUsable({ cert })) return { member: 'certificate', message: 'The file holds no certificate in PEM.' };
  if (!isUsable({ key })) return { member: 'key', message: 'The file holds no private key in PEM without a password.' };
  if (!isUsable({ cert, key })) return { member: 'key', message: 'The private key is not that of the certificate.' };
  // OpenSSL takes a file without any certificate for an empty list, which would refuse every client.
  if (
    clientAuthorities === undefined ||
    (holdsCertificate.test(clientAuthorities) && isUsable({ ca: clientAuthorities }))
  )
    return undefined;
  return { member: 'clientAuthorities', message: 'The file holds no certificates in PEM.' };
}

const holdsCertificate = /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----$/m;

function isUsable(parts: { cert?: string | undefined; key?: string | undefined; ca?: string | undefined }): boolean {
  try {
    process.getBuiltinModule('node:tls').createSecureContext(parts);
    return true;
  } catch {
    return false;
  }
}
