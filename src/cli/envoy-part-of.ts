/**
 * @module
 * What a configuration asks of Envoy, with what the command line adds: how Envoy reaches mintproc, and the headers that
 * its filters read.
 */
import { basename, join, resolve } from 'node:path';
import type { EnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { TokenRoute } from '../configuration/token-routes.ts';
import type { ClientCopies, EnvoyPart, EnvoyTls, FilterName, InjectedToken } from '../envoy/envoy-part.ts';
import { optionValue, type PlatformOption, type PlatformValues, pattern } from '../envoy/platform.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { audienceOf } from '../net/address-literal.ts';
import { isSpiffeId } from '../net/client-names.ts';
import { secretName } from '../sds/secret-document.ts';
import { CommandError } from './terminal.ts';

/** The options of every platform. */
export const pathOptions: Readonly<Record<string, PlatformOption>> = {
  mintproc: {
    value: 'ADDRESS',
    byDefault: '',
    help: 'where Envoy reaches mintproc: HOST:PORT or unix:/path; default: `listen`',
    check: (value) => (parseAddress(value) === undefined ? 'must be HOST:PORT or unix:/path' : undefined),
  },
  'caller-header': {
    value: 'NAME',
    byDefault: '',
    help: "header with the caller's own token, which Envoy's filters read; default: authorization",
    check: pattern('a header name', /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
  },
  'tls-name': {
    value: 'NAME',
    byDefault: '',
    help: "the DNS name, IP address or SPIFFE ID in mintproc's certificate, if `tls` is set; default: the host",
    check: (value) =>
      isSpiffeId(value) || /^(?:[0-9a-fA-F:.]+|[A-Za-z0-9.-]{1,253})$/.test(value)
        ? undefined
        : 'must be a DNS name, an IP address or a SPIFFE ID',
  },
  'tls-files': {
    value: 'DIR',
    byDefault: '/etc/envoy/mintproc',
    help: "Envoy's ca.crt, tls.crt and tls.key for that TLS",
    check: pattern('the path of a folder', /^[^\0\n]+$/),
  },
};

/** The sources whose headers a filter writes, of the caller's token. */
const trusted = ['headers', 'payload_header'];

/** @throws CommandError if Envoy cannot know the address */
export function envoyPartOf(
  { settings, reads, namesCertificate, headers, signingTime, routeNames, tokenRoutes, policies }: EnvoyNeeds,
  values: PlatformValues,
  filter: FilterName = 'ext_proc',
): EnvoyPart {
  const address = addressOf(optionValue(values, 'mintproc') || settings.listen);
  const callerHeader = optionValue(values, 'caller-header').toLowerCase();
  const sources = settings.authentication.sources;
  const isCallerKnown = reads.namespaces.size > 0 || sources.some(({ from }) => trusted.includes(from));
  const copies = copiesOf(headers, callerHeader || (isCallerKnown ? 'authorization' : ''));
  return {
    filter,
    address,
    tls: settings.tls && tlsOf(address, settings.tls.clientAuthorities !== undefined, values),
    reads,
    signingTime,
    copies,
    payloads: [...new Set(sources.flatMap((source) => (source.from === 'jwt_authn' ? (source.payload ?? []) : [])))],
    readsCallerToken: headers.read.includes(callerHeader || 'authorization'),
    namesCertificate,
    readsPeer: sources.some(({ from }) => from === 'peer'),
    trustsForwardedCertificate: sources.some(
      (source) => source.from === 'certificate' && source.trustForwardedClientCert,
    ),
    publishesVariables: settings.publishVariables,
    routeNames,
    injected: tokenRoutes.routes.map((route) => injectedToken(route, values)),
    injectionProblems: tokenRoutes.problems,
    routePolicy: settings.allowRoutePolicy ? [...policies.keys()][0] : undefined,
    reuse: undefined,
  };
}

function injectedToken({ path, ...route }: TokenRoute, values: PlatformValues): InjectedToken {
  const folder = values['token-files'] ?? '';
  const seen = folder === '' ? resolve(path) : join(folder, basename(path));
  // Envoy follows the folder of a file, and does not start if the path has none.
  return { ...route, path: seen.includes('/') ? seen : `./${seen}`, secret: secretName(path) };
}

function copiesOf({ removable, read, uncertain }: EnvoyNeeds['headers'], callerHeader: string): ClientCopies {
  return {
    removed: removable.filter((name) => name !== callerHeader).sort(),
    kept: [...read, ...removable.filter((name) => name === callerHeader)].sort(),
    uncertain: [...uncertain].sort(),
  };
}

/** An address of all interfaces is reached at the loopback address. */
const reachedAt: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError('the address was not checked');
  if (address.kind === 'unix') return address;
  if (address.port === 0) throw new CommandError('`listen` has port 0, so Envoy cannot know it. Give --mintproc.');
  return { ...address, host: reachedAt.get(address.host) ?? address.host };
}

function tlsOf(address: Address, needsClientCertificate: boolean, values: PlatformValues): EnvoyTls {
  const host = address.kind === 'unix' || audienceOf(address.host) === 'machine' ? 'localhost' : address.host;
  return {
    name: optionValue(values, 'tls-name') || host,
    folder: optionValue(values, 'tls-files'),
    needsClientCertificate,
  };
}
