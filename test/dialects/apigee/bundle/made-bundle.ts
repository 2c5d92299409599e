/**
 * @module
 * Proxies for the tests of bundles, written shortly.
 */
import type { ExportFile } from '../../../../src/dialects/exported.ts';

export function filesOf(texts: Readonly<Record<string, string>>): readonly ExportFile[] {
  return Object.entries(texts).map(([name, text]) => ({ path: name, name, text, bytes: Buffer.from(text) }));
}

/** A GenerateJWT that signs with `private.key`; `inner` are more elements. */
export function minting(name: string, inner: string): string {
  return `<GenerateJWT name="${name}"><Algorithm>HS256</Algorithm>
    <SecretKey><Value ref="private.key"/></SecretKey><ExpiresIn>1h</ExpiresIn>${inner}</GenerateJWT>`;
}

/** An AssignMessage that assigns one variable; `inner` says what. */
export function assigning(name: string, variable: string, inner: string, attributes = ''): string {
  return `<AssignMessage name="${name}" ${attributes}>
    <AssignVariable><Name>${variable}</Name>${inner}</AssignVariable></AssignMessage>`;
}

/** `Policy` or `Policy when CONDITION`, in order. */
function steps(...calls: readonly string[]): string {
  return calls
    .map((call) => {
      const [name, condition] = call.split(' when ');
      return `<Step><Name>${name}</Name>${condition === undefined ? '' : `<Condition>${condition}</Condition>`}</Step>`;
    })
    .join('');
}

/** The flows of an endpoint: `Pre`, `Post` or `Flow CONDITION`, each with its request and maybe its response. */
export type Flows = Readonly<Record<string, readonly [request: readonly string[], response?: readonly string[]]>>;

export function proxyEndpoint(
  flows: Flows,
  more = '<RouteRule name="r"><TargetEndpoint>t</TargetEndpoint></RouteRule>',
) {
  return `<ProxyEndpoint name="default"><HTTPProxyConnection><BasePath>/v1/shop</BasePath></HTTPProxyConnection>
    ${flowsOf(flows)}${more}</ProxyEndpoint>`;
}

export function targetEndpoint(flows: Flows): string {
  return `<TargetEndpoint name="t">${flowsOf(flows)}</TargetEndpoint>`;
}

function flowsOf(flows: Flows): string {
  const written = Object.entries(flows).map(([name, [request, response = []]]) => {
    const inner = `<Request>${steps(...request)}</Request><Response>${steps(...response)}</Response>`;
    const [kind, ...condition] = name.split(' ');
    if (kind !== 'Flow') return [kind, `<${kind}Flow name="${kind}Flow">${inner}</${kind}Flow>`];
    const when = condition.length === 0 ? '' : `<Condition>${condition.join(' ')}</Condition>`;
    return [kind, `<Flow name="f">${when}${inner}</Flow>`];
  });
  const conditional = written.filter(([kind]) => kind === 'Flow').map(([, text]) => text);
  return [
    ...written.filter(([kind]) => kind !== 'Flow').map(([, text]) => text),
    `<Flows>${conditional.join('')}</Flows>`,
  ].join('');
}
