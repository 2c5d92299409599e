/**
 * @module
 * What is done with a client's own copies of headers that mintproc or Envoy sets, for the Envoy part of a
 * configuration.
 *
 * A client's copy of a token's header stays if something reads what the client sent: the filter that authenticates the
 * caller, a policy or a route. Then the gateway's policy had read it as well, and removing it would change the token.
 */
import type { VariableUse } from '../dialects/policy-file.ts';
import type { MemberRead } from '../expressions/member-reads.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import { callerTokenHeaders, forwardedCertificateHeader, trustedHeaders } from '../identity/source-reads.ts';
import type { RouteEntry } from './configuration-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';
import type { VariableForm } from './variables-schema.ts';

export interface ClientHeadersOf {
  readonly authentication: AuthenticationSettings;
  readonly policies: readonly CompiledPolicy[];
  readonly routes: readonly RouteEntry[];
  /** Every declaration of a variable: global ones, and those of entries and routes. */
  readonly variables: readonly VariableForm[];
}

/** All names in lower case, each in one list only. */
export interface ClientHeaders {
  /** Set by mintproc or Envoy; nothing reads what a client sends. */
  readonly removable: readonly string[];
  /** The headers of tokens that something reads as the client sent them. */
  readonly read: readonly string[];
  /** Read by declared variables. Only their author knows whether Envoy or the client sets them. */
  readonly uncertain: readonly string[];
}

export function clientHeaders({ authentication, policies, routes, variables }: ClientHeadersOf): ClientHeaders {
  const callerTokens = callerTokenHeaders(authentication);
  const trusted = trustedHeaders(authentication).filter((name) => !callerTokens.includes(name));
  const outputs = policies.map(({ output }) => output.header.toLowerCase());
  const reads = new HeaderReads();
  for (const name of callerTokens) reads.add(name);
  for (const policy of policies) reads.addPolicy(policy);
  for (const { match } of routes) for (const name of Object.keys(match.headers ?? {})) reads.add(name);
  for (const form of variables) reads.addVariable(form);
  const names = [...new Set([...withForwardedCertificate(trusted), ...outputs])];
  const isRead = (name: string): boolean => outputs.includes(name) && !trusted.includes(name) && reads.has(name);
  return {
    removable: names.filter((name) => !isRead(name)),
    read: names.filter(isRead),
    uncertain: [...new Set(variables.flatMap(headerOf))].filter((name) => !names.includes(name)),
  };
}

/** If it is trusted, Envoy writes it anew, as a setting of its own says. If not, nobody may rely on it. */
function withForwardedCertificate(trusted: readonly string[]): readonly string[] {
  const others = trusted.filter((name) => name !== forwardedCertificateHeader);
  return others.length < trusted.length ? others : [...others, forwardedCertificateHeader];
}

/** The header that a declaration names. */
function headerOf(form: VariableForm): readonly string[] {
  const names = typeof form === 'object' && 'header' in form ? [form.header] : [];
  return names.map((name) => name.toLowerCase());
}

/** The headers that a policy reads, in lower case, as far as it names them. */
export function headersReadBy(policy: Pick<CompiledPolicy, 'found' | 'plan'>): readonly string[] {
  const reads = new HeaderReads();
  reads.addPolicy(policy);
  return reads.names;
}

/** The headers that are read as the client sent them. */
class HeaderReads {
  readonly #names = new Set<string>();
  /** Whether any header may be read. */
  #all = false;

  get names(): readonly string[] {
    return [...this.#names];
  }

  has(name: string): boolean {
    return this.#all || this.#names.has(name);
  }

  add(name: string): void {
    this.#names.add(name.toLowerCase());
  }

  addPolicy({ found, plan }: Pick<CompiledPolicy, 'found' | 'plan'>): void {
    for (const read of found.reads ?? []) this.#addMember(read);
    for (const use of found.variables ?? []) this.#addVariableUse(use);
    for (const { headers } of plan.rules?.rules ?? []) for (const { name } of headers) this.add(name);
  }

  addVariable(form: VariableForm): void {
    if (typeof form !== 'object') return;
    for (const name of headerOf(form)) this.add(name);
    // Its expression is not looked into: to keep a client's copy is safe, since mintproc itself removes it.
    if ('expression' in form && /headers|attributes(?!\s*\.\s*\w)/.test(form.expression)) this.#all = true;
    if ('template' in form) for (const [, name = ''] of form.template.matchAll(headerVariable)) this.add(name);
  }

  #addMember({ input, names: [first, second] }: MemberRead): void {
    if (input !== 'attributes') return;
    if (first === undefined) this.#all = true;
    else if (first.name === 'headers') {
      if (second === undefined) this.#all = true;
      else this.add(second.name);
    }
  }

  #addVariableUse({ name }: VariableUse): void {
    const [, header] = /^(?:request|message)\.headers?\.([^.]+)/.exec(name) ?? [];
    if (header !== undefined) this.add(header);
  }
}

/** A flow variable of a header in a template. */
const headerVariable = /\{(?:request|message)\.headers?\.([^.:}]+)/g;
