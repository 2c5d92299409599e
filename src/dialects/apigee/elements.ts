/**
 * @module
 * The grammar of `<GenerateJWT>`: its elements and attributes, how often each may occur, and since which edition.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlAttribute, XmlElement } from '../../documents/xml-element.ts';
import { reportNewer } from './newer.ts';
import type { PolicyReader } from './policy-reader.ts';
import { trimmedText } from './xml-parts.ts';

interface ElementRule {
  readonly attributes?: readonly string[];
  readonly children?: Readonly<Record<string, ElementRule>>;
  /** Whether it may occur more than once. */
  readonly repeats?: true;
  /** Neither on Apigee Edge's page of 2017 nor on SAP's. */
  readonly newer?: true;
  /** It says nothing about the token, so a second one is only superfluous. */
  readonly label?: true;
  /** The vendor ignores its content: what the author meant, or that nothing needs to be done. */
  readonly ignored?: string;
}

const text: ElementRule = {};
const valueOrRef: ElementRule = { attributes: ['ref'] };
const claims: ElementRule = {
  attributes: ['ref'],
  children: { Claim: { attributes: ['name', 'ref', 'type', 'array', 'wantFaultIfUnresolved'], repeats: true } },
};

const policyRule: ElementRule = {
  attributes: ['name', 'continueOnError', 'enabled', 'async'],
  children: {
    DisplayName: { label: true },
    Description: { label: true },
    FaultRules: { ignored: 'FaultRules belong to the endpoint of the proxy. mintproc answers with the fault itself.' },
    Properties: { ignored: 'Remove what is in it.' },
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
    CustomClaims: { ignored: 'Use `<AdditionalClaims>` for your own claims.' },
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

/** Where a word of the grammar stands: elements, and attributes with `@` before their names. */
interface GrammarPlace {
  readonly path: string;
  readonly name: string;
}

/** Every element and attribute, with the elements around it. */
export function* grammarPlaces(
  path = '',
  name = 'GenerateJWT',
  rule: ElementRule = policyRule,
): Iterable<GrammarPlace> {
  yield { path, name };
  const inside = path === '' ? name : `${path}/${name}`;
  for (const attribute of rule.attributes ?? []) yield { path: inside, name: `@${attribute}` };
  for (const [child, childRule] of Object.entries(rule.children ?? {})) yield* grammarPlaces(inside, child, childRule);
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
  const seen = new Map<string, Contents>();
  for (const child of element.children) {
    const childRule = Object.hasOwn(known, child.name) ? known[child.name] : undefined;
    if (childRule === undefined) reportUnknown(reader, element, child, Object.keys(known));
    else checkChild(reader, child, childRule, seen.get(child.name));
    if (!seen.has(child.name)) seen.set(child.name, new Contents(child));
  }
}

/** @param first of the first element with the same name; undefined if this one is the first */
function checkChild(reader: PolicyReader, child: XmlElement, rule: ElementRule, first: Contents | undefined): void {
  if (first !== undefined && rule.repeats !== true && reportRepeated(reader, child, rule, first)) return;
  if (rule.ignored !== undefined) {
    reportIgnored(reader, child, rule.ignored);
    return;
  }
  if (rule.newer === true) reportNewer(reader, child, `\`<${child.name}>\``);
  checkGrammar(reader, child, rule);
}

/** Returns whether the element has no effect. */
function reportRepeated(reader: PolicyReader, child: XmlElement, rule: ElementRule, first: Contents): boolean {
  if (rule.label === true || rule.ignored !== undefined || new Contents(child).text === first.text) {
    const message = `This second \`<${child.name}>\` has no effect.`;
    reader.report('apigee.ignored-element', child, { message, suggestion: 'Remove it.' });
    return true;
  }
  const message = `\`<${child.name}>\` may occur only once here.`;
  reader.report('apigee.duplicate-element', child, { message, suggestion: 'Remove one of them.' });
  return false;
}

/** What an element says, as a text that is the same for elements that mean the same. Computed when it is needed. */
class Contents {
  readonly #element: XmlElement;
  #text: string | undefined;

  constructor(element: XmlElement) {
    this.#element = element;
  }

  get text(): string {
    this.#text ??= JSON.stringify(partsOf(this.#element));
    return this.#text;
  }
}

function partsOf(element: XmlElement): JsonValue {
  const attributes = element.attributes.map(({ name, value }) => [name, value.text.trim()]).sort();
  return [element.name, attributes, trimmedText(element).text, element.children.map(partsOf)];
}

/** Vendors' editors and exports add such elements without content. */
function reportIgnored(reader: PolicyReader, element: XmlElement, suggestion: string): void {
  if (element.children.length === 0 && trimmedText(element).text === '') return;
  reader.report('apigee.ignored-element', element, {
    message: `\`<${element.name}>\` has no effect, as on Apigee.`,
    suggestion,
  });
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
