/**
 * @module
 * The grammar of `<GenerateJWT>`: its elements and attributes, how often each may occur, and since which edition.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlAttribute, XmlElement } from '../../documents/xml-element.ts';
import type { PolicyReader } from './policy-reader.ts';
import { trimmedText } from './xml-parts.ts';

interface ElementRule {
  readonly attributes?: readonly string[];
  readonly children?: Readonly<Record<string, ElementRule>>;
  /** Whether it may occur more than once. */
  readonly repeats?: true;
  /** Not in the grammar of Apigee Edge's 2017 page. */
  readonly newer?: true;
  /** The vendor ignores it and its content. */
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

/** All names of the grammar. */
export function grammarWords(rule: ElementRule = policyRule): string[] {
  const inner = Object.entries(rule.children ?? {}).flatMap(([name, child]) => [name, ...grammarWords(child)]);
  return [...(rule.attributes ?? []), ...inner];
}

/** Reports elements, attributes and text that the grammar does not allow. */
export function checkGrammar(reader: PolicyReader, element: XmlElement, rule: ElementRule = policyRule): void {
  for (const attribute of element.attributes) checkAttribute(reader, element, attribute, rule.attributes ?? []);
  const known = rule.children ?? {};
  const own = trimmedText(element);
  if (rule.children !== undefined && own.text !== '') {
    const message = `\`<${element.name}>\` takes child elements, not text.`;
    reader.report('policy.invalid-value', own, { message });
  }
  const seen = new Set<string>();
  for (const child of element.children) {
    const childRule = Object.hasOwn(known, child.name) ? known[child.name] : undefined;
    if (childRule === undefined) reportUnknown(reader, element, child, Object.keys(known));
    else checkChild(reader, child, childRule, seen.has(child.name));
    seen.add(child.name);
  }
}

function checkChild(reader: PolicyReader, child: XmlElement, rule: ElementRule, isRepeated: boolean): void {
  if (isRepeated && rule.repeats !== true) {
    const message = `\`<${child.name}>\` may occur only once here.`;
    reader.report('apigee.duplicate-element', child, { message, suggestion: 'Remove one of them.' });
  }
  if (rule.ignored === true) {
    reader.report('apigee.ignored-element', child, {
      message: `\`<${child.name}>\` has no effect, as on Apigee.`,
      suggestion: 'Use `<AdditionalClaims>` for your own claims.',
    });
    return;
  }
  if (rule.newer === true && reader.edition.name === 'edge') {
    reader.report('apigee.newer-element', child, {
      message: `Apigee Edge does not have \`<${child.name}>\`; mintproc reads it as Apigee X does.`,
      suggestion: 'If the policy runs on Apigee X, write `edition: x`.',
    });
  }
  checkGrammar(reader, child, rule);
}

/** Declared by SAP's editor and by schema-aware editors, and without a meaning here. */
const namespaces = /^(?:xmlns(?::.*)?|xml:.*|xsi:.*)$/;

function checkAttribute(
  reader: PolicyReader,
  element: XmlElement,
  { name, value }: XmlAttribute,
  known: readonly string[],
): void {
  if (known.includes(name) || namespaces.test(name)) return;
  const guess = nearest(name, known);
  const list = known.length === 0 ? 'It takes no attributes.' : `It takes: ${known.join(', ')}.`;
  reader.report('policy.unknown-key', value, {
    message:
      guess === undefined
        ? `\`<${element.name}>\` has no such attribute.`
        : `\`<${element.name}>\` has no attribute \`${name}\`.`,
    suggestion: guess === undefined ? list : `Did you mean \`${guess}\`?`,
  });
}

function reportUnknown(reader: PolicyReader, parent: XmlElement, child: XmlElement, known: readonly string[]): void {
  const guess = nearest(child.name, known);
  const isHarmless = guess !== undefined || reader.knows(child.name);
  const list = known.length === 0 ? 'It takes only text.' : `It takes: ${known.map((name) => `<${name}>`).join(', ')}.`;
  reader.report('policy.unknown-key', child, {
    // A name that does not resemble one of the grammar may be part of a secret that contains `<`.
    message: isHarmless
      ? `\`<${parent.name}>\` has no element \`<${child.name}>\`.`
      : `\`<${parent.name}>\` has no such element.`,
    suggestion: guess === undefined ? list : `Did you mean \`<${guess}>\`?`,
  });
}
