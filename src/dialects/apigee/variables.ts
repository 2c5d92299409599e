/**
 * @module
 * Resolves the name of a variable to its value for a request.
 *
 * The sources, in this order: variables given with the request, variables that earlier policies set, variables that the
 * configuration declares, and the request itself. Names that begin with `private.` are secrets. They have a value here
 * only if the configuration declares that it may be shown.
 */
import { called, nameOr } from '../../diagnostics/harmless.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { namedVariable, privateVariable } from '../named-variable.ts';
import type { VariableUse } from '../policy-file.ts';
import { isPrivate } from '../private-names.ts';
import { callerVariable, isCallerVariable } from './caller-variables.ts';
import { flowVariable, whyUnreachable } from './flow-variables.ts';
import type { PolicyReader } from './policy-reader.ts';
import { runtimeMember } from './runtime-variables.ts';
import { policyInName } from './token-claims.ts';

/** A variable whose value is shown in a token. @param hasDefault whether there is a default if it has no value */
export function resolveVariable(reader: PolicyReader, name: SourceText, hasDefault: boolean): Computed {
  return isPrivate(name.text) ? resolvePrivate(reader, name) : resolvePublic(reader, name, hasDefault, 'value');
}

function resolvePublic(
  reader: PolicyReader,
  name: SourceText,
  hasDefault: boolean,
  use: Exclude<VariableUse['use'], 'secret'>,
): Computed {
  const declared = reader.declared?.find(name.text);
  const policy = policyInName(name.text);
  if (declared === undefined && policy !== undefined) {
    const claim = reader.tokens.read(policy, name, hasDefault, use === 'value');
    reader.noteUse(name, use, 'unknown', claim);
    return namedVariable(name.text, claim);
  }
  const own = declared ?? flowVariable(name.text) ?? callerVariable(name.text, reader.callers);
  reader.noteUse(name, use, declared !== undefined ? 'declared' : own !== undefined ? 'request' : 'unknown', own);
  if (own === undefined && !hasDefault && !published.test(name.text)) warnOfUndeclared(reader, name, use);
  return namedVariable(name.text, own);
}

/** Variables that an earlier GenerateJWT of the same route may set. */
const published = /\.jwt$/;

/** The identifier of a key, which the token's header shows. The vendor's samples read it from private variables. */
export function resolveKeyId(reader: PolicyReader, name: SourceText, hasDefault: boolean): Computed {
  if (!isPrivate(name.text)) return resolvePublic(reader, name, hasDefault, 'key-id');
  const declared = reader.declared?.findForKeyId(name.text);
  reader.noteUse(name, 'key-id', declared === undefined ? 'unknown' : 'declared', declared);
  // Without a configuration it is not known, like the key itself.
  if (declared === undefined && !hasDefault && reader.declared !== undefined) warnOfKeyId(reader, name);
  return privateVariable(name.text, declared);
}

function resolvePrivate(reader: PolicyReader, name: SourceText): Computed {
  const readable = reader.declared?.find(name.text);
  reader.noteUse(name, 'value', readable === undefined ? 'unknown' : 'declared', readable);
  if (readable !== undefined) return privateVariable(name.text, readable);
  // Without a configuration, it cannot have been declared as readable.
  const code = reader.declared === undefined ? 'apigee.unread-private' : 'apigee.private-variable';
  reader.report(code, name, {
    message: `${called('The variable', name.text)} is private, but tokens would show its value.`,
    suggestion: `If it is not a secret, declare it as readable: \`variables: { ${nameOr(name.text, 'NAME')}: { file: …, readable: true } }\`.`,
  });
  return privateVariable(name.text, undefined);
}

function warnOfKeyId(reader: PolicyReader, name: SourceText): void {
  reader.report('apigee.undeclared-variable', name, {
    message: 'Nothing sets the private variable that is named here, from which the token gets its `kid`.',
    suggestion: 'Declare it in mintproc.yaml: `variables: { NAME: { file: … } }`, with the name that is written here.',
  });
}

const asApigee =
  "If the caller's token or metadata has it, write `authentication: { as: apigee }` in the policy's entry. Else declare it";

/** A name in an element that holds a key is not repeated: it may be the key. */
function warnOfUndeclared(reader: PolicyReader, name: SourceText, use: VariableUse['use']): void {
  const reason = whyUnreachable(name.text) ?? 'It is not a request variable, and mintproc.yaml does not declare it.';
  const near = nearest(name.text, reader.declared?.names ?? []);
  const member = runtimeMember(name.text);
  if (member !== undefined) {
    reader.report('apigee.undeclared-variable', name, {
      message: `Nothing sets ${called('the variable', name.text)}, which Apigee's runtime knew of the proxy.`,
      suggestion: `Declare it in the policy's entry in mintproc.yaml: \`apigee: { ${member}: … }\`.`,
    });
    return;
  }
  reader.report('apigee.undeclared-variable', name, {
    message: `Nothing sets ${use === 'value' ? called('the variable', name.text) : 'the variable that is named here'}. ${reason}`,
    suggestion:
      near === undefined
        ? `${isCallerVariable(name.text) ? asApigee : 'Declare it'} in mintproc.yaml: \`variables: { ${use === 'value' ? nameOr(name.text, 'NAME') : 'NAME'}: … }\`, or set it in an earlier policy.`
        : `Did you mean \`${near}\`, which mintproc.yaml declares?`,
  });
}
