/**
 * @module
 * Converts a `<GenerateJWT>` element to a token plan.
 */
import { Problems } from '../../diagnostics/problem.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Encryption, Layout, Step, TokenPlan } from '../../plan/token-plan.ts';
import type { FoundPolicy, PolicySettings } from '../policy-file.ts';
import { type Protection, readProtection } from './algorithm.ts';
import { splitList } from './claim-types.ts';
import { readAdditionalClaims, readAdditionalHeaders } from './claims.ts';
import { type Edition, editionOf } from './editions.ts';
import { checkGrammar } from './elements.ts';
import { refusal } from './faults.ts';
import { hashOrder } from './hash-order.ts';
import { type PolicyKey, readKey } from './key.ts';
import { recipientErrors, signingErrors } from './key-errors.ts';
import { type PolicyOutput, readOutput } from './output.ts';
import { PolicyReader } from './policy-reader.ts';
import { publish } from './published.ts';
import { readAudience, readTextClaim, readTokenId } from './registered-claims.ts';
import { isSap, readPolicyName, readRoot } from './root.ts';
import { checkCritical } from './unverifiable.ts';
import { checkValidity, readExpiry, readNotBefore } from './validity.ts';
import { readValue } from './value.ts';
import { textOf } from './value-text.ts';
import { attributeOf, childOf, childrenOf, trimmedText } from './xml-parts.ts';

/** The policy of the element; its plan is undefined if an error was reported. */
export function* readPolicy(
  source: SourceText,
  element: XmlElement,
  settings: PolicySettings,
  problems: Problems,
): Steps<FoundPolicy> {
  const name = readPolicyName(source, element);
  const sap = isSap(element);
  const edition = editionOf(settings.edition, sap);
  // Only the problems of this policy decide whether it has a plan.
  const own = new Problems();
  const ignore = childOf(element, 'IgnoreUnresolvedVariables');
  const reader = new PolicyReader({
    source,
    policy: name,
    edition,
    variables: settings.variables,
    given: settings.given,
    callers: settings.callers,
    ignoreUnresolved: ignore !== undefined && trimmedText(ignore).text === 'true',
    problems: own,
    verifiedBy: settings.verifiedBy,
  });
  const plan = yield* readPlan(reader, element, sap || settings.edition !== undefined, sap);
  for (const problem of own.all) problems.add(problem);
  return {
    names: [name],
    offset: element.offset,
    plan: own.hasErrors ? undefined : plan,
    variables: reader.uses,
    needs: () => reader.needs,
    tokens: reader.tokens,
  };
}

function* readPlan(
  reader: PolicyReader,
  element: XmlElement,
  editionChosen: boolean,
  sap: boolean,
): Steps<TokenPlan | undefined> {
  const flags = readRoot(reader, element, sap);
  checkGrammar(reader, element);
  const protection = readProtection(reader, element);
  const claims = yield* readClaims(reader, element, editionChosen);
  const additional = yield* readAdditionalHeaders(reader, childOf(element, 'AdditionalHeaders'), parametersOf(element));
  const critical = readCritical(reader, element);
  checkValidity(reader, element);
  const destination = readOutput(reader, element);
  if (protection === undefined) return undefined;
  if (protection.kind === 'signed') reportCompress(reader, element);
  return {
    ...planOf(reader, destination),
    ...protect(reader, element, protection, additional, critical),
    claims,
    ...(flags.continueOnError ? { onError: 'pass' as const } : {}),
    ...(flags.enabled ? {} : { disabled: true as const }),
  };
}

function reportCompress(reader: PolicyReader, element: XmlElement): void {
  const compress = childOf(element, 'Compress');
  if (compress === undefined || trimmedText(compress).text !== 'true') return;
  const message = '`<Compress>` has no effect on a signed token.';
  reader.report('apigee.ignored-element', compress, { message });
}

type Protected = Pick<TokenPlan, 'algorithm' | 'key' | 'header' | 'keyErrors'> & { readonly encryption?: Encryption };

/** The keys, and the header of the outermost token in the order of the vendor's library. */
function protect(
  reader: PolicyReader,
  element: XmlElement,
  protection: Protection,
  additional: readonly Step[],
  critical: readonly Step[],
): Protected {
  if (protection.kind === 'signed') {
    const { algorithm } = protection;
    const { key, id } = readKey(reader, element, algorithm);
    const written = textPlace(childOf(element, 'Algorithm'));
    const header = [...additional, ...fixedHeader(algorithm.name, written), ...critical, ...keyId(id)];
    return { algorithm, key, header, keyErrors: signingErrors(reader.edition) };
  }
  const { id, ...encryption } = protection.encryption;
  const pair = childOf(element, 'Algorithms');
  const writtenIn = (name: string) => textPlace(pair && childOf(pair, name));
  const header: Step[] = [
    ...additional,
    ...fixedHeader(encryption.management.name, writtenIn('Key')),
    ...critical,
    ...keyId(id),
    { kind: 'fixed', name: 'enc', value: encryption.content.name, place: writtenIn('Content') },
    ...(encryption.compress === true
      ? [{ kind: 'fixed', name: 'zip', value: 'DEF', place: textPlace(childOf(element, 'Compress')) } as const]
      : []),
  ];
  const encrypted = { ...encryption, header };
  return { algorithm: undefined, key: undefined, header: [], encryption: encrypted, keyErrors: recipientErrors };
}

/** The parts of the plan that are not lists of steps. */
function planOf(
  { policy, edition }: PolicyReader,
  { variable, output }: PolicyOutput,
): Omit<TokenPlan, 'header' | 'claims' | 'algorithm' | 'key' | 'encryption'> {
  const failed = edition.failedVariable(policy);
  return {
    dialect: 'apigee',
    output,
    layout: { header: headerLayout(edition), claims: { arrange: (names) => hashOrder(names), escape: edition.escape } },
    refuse: (code, subject) => refusal(edition, policy, code, subject),
    publish: (token, scope) => publish({ policy, variable, failed }, token, scope.now),
  };
}

/** The vendor's library copies additional parameters first, and a copied map starts with fewer buckets. */
function headerLayout(edition: Edition): Layout {
  const registered = new Set(['alg', 'typ', 'crit', 'kid', 'enc', 'zip', 'epk', 'p2s', 'p2c', 'iv', 'tag']);
  return {
    arrange: (names) => hashOrder(names, names.filter((name) => !registered.has(name)).length),
    escape: edition.escape,
  };
}

function textPlace(element: XmlElement | undefined): Place | undefined {
  return element && trimmedText(element).placeAt(0);
}

/** @param place where the policy names the algorithm */
function fixedHeader(algorithm: string, place: Place | undefined): Step[] {
  return [
    { kind: 'fixed', name: 'alg', value: algorithm, place },
    { kind: 'fixed', name: 'typ', value: 'JWT' },
  ];
}

function keyId(id: PolicyKey['id']): Step[] {
  if (id === undefined) return [];
  return id.kind === 'fixed'
    ? [{ kind: 'fixed', name: 'kid', value: id.text, place: id.place }]
    : [{ kind: 'computed', name: 'kid', value: id.value, place: id.place }];
}

/** In the order in which names of one bucket are written: recorded tokens have `client_id` before `jti`. */
function* readClaims(reader: PolicyReader, element: XmlElement, editionChosen: boolean): Steps<Step[]> {
  return [
    ...(yield* readAdditionalClaims(reader, childOf(element, 'AdditionalClaims'))),
    ...readTextClaim(reader, element, 'Subject', 'sub'),
    ...readTextClaim(reader, element, 'Issuer', 'iss'),
    ...readAudience(reader, element),
    ...readExpiry(reader, element, editionChosen),
    ...readNotBefore(reader, element),
    { kind: 'time', name: 'iat', offset: 0 },
    ...readTokenId(reader, element),
  ];
}

/** The header parameters that elements other than `<AdditionalHeaders>` write. */
function parametersOf(policy: XmlElement): ReadonlySet<string> {
  const ids = policy.children.flatMap((child) => (child.name.endsWith('Key') ? childrenOf(child, 'Id') : []));
  const hasId = ids.some((id) => trimmedText(id).text !== '' || (attributeOf(id, 'ref')?.text ?? '') !== '');
  return new Set([
    ...(hasId ? ['kid'] : []),
    ...(childOf(policy, 'CriticalHeaders') === undefined ? [] : ['crit']),
    ...(childOf(policy, 'Algorithms') === undefined ? [] : ['enc', 'zip']),
  ]);
}

function additionalNames(policy: XmlElement): ReadonlySet<string> {
  const list = childOf(policy, 'AdditionalHeaders');
  const claims = list === undefined ? [] : childrenOf(list, 'Claim');
  return new Set(claims.map((child) => attributeOf(child, 'name')?.text ?? ''));
}

function readCritical(reader: PolicyReader, policy: XmlElement): Step[] {
  const element = childOf(policy, 'CriticalHeaders');
  if (element === undefined) return [];
  const value = readValue(reader, element);
  if (value.kind === 'absent') {
    reader.refuse('InvalidEmptyElement', element, '`<CriticalHeaders>` has neither text nor a `ref`');
    return [];
  }
  if (value.kind === 'fixed') {
    const names = splitList(value.text.text);
    checkCritical(reader, value.text, names, additionalNames(policy));
    return [{ kind: 'fixed', name: 'crit', value: names, place: value.text.placeAt(0) }];
  }
  return [
    {
      kind: 'computed',
      name: 'crit',
      place: value.place,
      value: {
        needs: () => value.value.needs(),
        evaluate(scope) {
          const found = value.value.evaluate(scope);
          return found === undefined
            ? undefined
            : splitList(Array.isArray(found) ? found.map(textOf).join(',') : textOf(found));
        },
      },
    },
  ];
}
