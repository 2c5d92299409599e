/**
 * @module
 * The grammar of `<GenerateJWT>`: which elements and attributes stand where, how often, and since which edition.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlAttribute, XmlElement } from '../../documents/xml-element.ts';
import type { Reading } from './reading.ts';
import { trimmedText } from './xml-parts.ts';

interface ElementRule {
  readonly attributes?: readonly string[];
  readonly children?: Readonly<Record<string, ElementRule>>;
  /** Whether it may stand more than once. */
  readonly repeats?: true;
  /** Not in the grammar of Apigee Edge's 2017 page. */
  readonly newer?: true;
  /** The vendor ignores it, with everything in it. */
  readonly ignored?: true;
}

const text: ElementRule = {};
const valueOrRef: ElementRule = { attributes: ['ref'] };
const claims: ElementRule = {
  attributes: ['ref'],
  children: { Claim: { attributes: ['name', 'ref', 'type', 'array'], repeats: true } },
};

const policyRule: ElementRule = {
  attributes: ['name', 'continueOnError', 'enabled', 'async'],
  children: {
    DisplayName: text,
    Type: { newer: true },
    Algorithm: text,
    Algorithms: { newer: true, children: { Key: text, Content: text } },
    SecretKey: { attributes: ['encoding'], children: { Value: valueOrRef, Id: valueOrRef } },
    PrivateKey: { children: { Value: valueOrRef, Password: valueOrRef, Id: valueOrRef } },
    PublicKey: {
      newer: true,
      children: {
        Value: valueOrRef,
        Certificate: valueOrRef,
        JWKS: { attributes: ['ref', 'uri', 'uriRef'] },
        Id: valueOrRef,
      },
    },
    PasswordKey: {
      newer: true,
      children: { Id: valueOrRef, Value: valueOrRef, SaltLength: text, PBKDF2Iterations: text },
    },
    DirectKey: { newer: true, children: { Id: valueOrRef, Value: { attributes: ['encoding', 'ref'] } } },
    Subject: valueOrRef,
    Issuer: valueOrRef,
    Audience: valueOrRef,
    Id: valueOrRef,
    ExpiresIn: valueOrRef,
    NotBefore: valueOrRef,
    AdditionalClaims: claims,
    AdditionalHeaders: { children: claims.children ?? {} },
    CustomClaims: { ignored: true },
    CriticalHeaders: { attributes: ['ref'], newer: true },
    Compress: { newer: true },
    IgnoreUnresolvedVariables: text,
    OutputVariable: text,
  },
};

/** Every name of the grammar. */
export function grammarWords(rule: ElementRule = policyRule): string[] {
  const inner = Object.entries(rule.children ?? {}).flatMap(([name, child]) => [name, ...grammarWords(child)]);
  return [...(rule.attributes ?? []), ...inner];
}

/** Reports what the grammar does not have. */
export function checkGrammar(reading: Reading, element: XmlElement, rule: ElementRule = policyRule): void {
  for (const attribute of element.attributes) checkAttribute(reading, element, attribute, rule.attributes ?? []);
  const known = rule.children ?? {};
  const own = trimmedText(element);
  if (rule.children !== undefined && own.text !== '') {
    const message = `\`<${element.name}>\` takes elements, and here is a text.`;
    reading.report('policy.invalid-value', own, { message });
  }
  const seen = new Set<string>();
  for (const child of element.children) {
    const childRule = Object.hasOwn(known, child.name) ? known[child.name] : undefined;
    if (childRule === undefined) reportUnknown(reading, element, child, Object.keys(known));
    else checkChild(reading, child, childRule, seen.has(child.name));
    seen.add(child.name);
  }
}

function checkChild(reading: Reading, child: XmlElement, rule: ElementRule, again: boolean): void {
  if (again && rule.repeats !== true) {
    const message = `\`<${child.name}>\` stands here a second time.`;
    reading.report('apigee.duplicate-element', child, { message, suggestion: 'Leave one of them out.' });
  }
  if (rule.ignored === true) {
    reading.report('apigee.ignored-element', child, {
      severity: 'warning',
      message: `\`<${child.name}>\` has no effect, here as on Apigee.`,
      suggestion: 'Write `<AdditionalClaims>` for claims of your own.',
    });
    return;
  }
  if (rule.newer === true && reading.edition.name === 'edge') {
    reading.report('apigee.newer-element', child, {
      severity: 'warning',
      message: `\`<${child.name}>\` is newer than Apigee Edge's grammar; mintproc reads it as Apigee X does.`,
      suggestion: 'If the policy runs on Apigee X, write `edition: x`.',
    });
  }
  checkGrammar(reading, child, rule);
}

/** Namespaces are declared by SAP's editor and by schema-aware ones, and mean nothing here. */
const namespaces = /^(?:xmlns(?::.*)?|xml:.*|xsi:.*)$/;

function checkAttribute(
  reading: Reading,
  element: XmlElement,
  { name, value }: XmlAttribute,
  known: readonly string[],
): void {
  if (known.includes(name) || namespaces.test(name)) return;
  const guess = nearest(name, known);
  const list = known.length === 0 ? 'It takes none.' : `It takes: ${known.join(', ')}.`;
  reading.report('policy.unknown-key', value, {
    message:
      guess === undefined
        ? `\`<${element.name}>\` has no such attribute.`
        : `\`<${element.name}>\` has no attribute \`${name}\`.`,
    suggestion: guess === undefined ? list : `Did you mean \`${guess}\`?`,
  });
}

function reportUnknown(reading: Reading, parent: XmlElement, child: XmlElement, known: readonly string[]): void {
  const guess = nearest(child.name, known);
  const isHarmless = guess !== undefined || reading.knows(child.name);
  const list =
    known.length === 0 ? 'It takes a text only.' : `It takes: ${known.map((name) => `<${name}>`).join(', ')}.`;
  reading.report('policy.unknown-key', child, {
    // A name that resembles none of the grammar may be a part of a secret with a `<` in it.
    message: isHarmless
      ? `\`<${parent.name}>\` has no element \`<${child.name}>\`.`
      : `\`<${parent.name}>\` has no such element.`,
    suggestion: guess === undefined ? list : `Did you mean \`<${guess}>\`?`,
  });
}
