/**
 * @module
 * Changes to a bundle after which a variable may have another value than before: to the policy that sets it, or to the
 * steps that call this policy.
 */

export type Texts = Readonly<Record<string, string>>;

/** A value that an import took from a policy. */
export interface KnownValue {
  readonly variable: string;
  /** The policy that sets it, and its file. */
  readonly setter: string;
  readonly file: string;
  /** The policy that reads it. */
  readonly reader: string;
}

/** Undefined if a change is not possible there. */
export type Mutation = (texts: Texts, value: KnownValue) => Texts | undefined;

const step = /<Step>(?:(?!<\/Step>)[\s\S])*<\/Step>/g;
const added = 'Mutant';

export const mutations: Readonly<Record<string, Mutation>> = {
  'another variable': (texts, { variable, file }) =>
    changed(texts, file, (text) => text.replaceAll(`<Name>${variable}</Name>`, '<Name>mutant</Name>')),
  'a condition': (texts, { setter }) => inSteps(texts, setter, (_, name) => stepOf(name, condition)),
  disabled: (texts, { file }) =>
    changed(texts, file, (text) =>
      text.replace(/ enabled="[^"]*"/, '').replace(/<AssignMessage\b/, '<AssignMessage enabled="false"'),
    ),
  'not called': (texts, { setter }) => inSteps(texts, setter, () => ''),
  'after the reader': (texts, { setter, reader }) => {
    // After one of several, it may still be before another one.
    if (callsOf(texts, reader) !== 1) return undefined;
    const without = inSteps(texts, setter, () => '');
    return without && inSteps(without, reader, (whole) => `${whole}${stepOf(setter)}`);
  },
  'in the response': (texts, { setter }) => {
    const without = inSteps(texts, setter, () => '');
    const response = `<PostFlow><Response>${stepOf(setter)}</Response></PostFlow>`;
    return without && everywhere(without, (text) => text.replace('</ProxyEndpoint>', `${response}</ProxyEndpoint>`));
  },
  'another value on a condition': (texts, value) => withNext(texts, value, assigning(value.variable), condition),
  'another value': (texts, value) => withNext(texts, value, assigning(value.variable)),
  'a script': (texts, value) =>
    withNext(texts, value, `<Source>context.setVariable("${value.variable}", "m")</Source>`, undefined, 'Javascript'),
  'a map': (texts, value) => {
    const get = `<Get assignTo="${value.variable}"><Key><Parameter>m</Parameter></Key></Get>`;
    return withNext(texts, value, get, undefined, 'KeyValueMapOperations');
  },
  'a shared flow': (texts, value) => {
    const flow = '<SharedFlowBundle>mutant</SharedFlowBundle>';
    const called = withNext(texts, value, flow, undefined, 'FlowCallout');
    return (
      called && {
        ...called,
        'mutant/sharedflowbundle/mutant.xml': '<SharedFlowBundle name="mutant"/>',
        'mutant/sharedflowbundle/sharedflows/default.xml': `<SharedFlow name="default">${stepOf('Inner')}</SharedFlow>`,
        'mutant/sharedflowbundle/policies/Inner.xml': `<AssignMessage name="Inner">${assigning(value.variable)}</AssignMessage>`,
      }
    );
  },
  'a shared flow that is not there': (texts, value) =>
    withNext(texts, value, '<SharedFlowBundle>lost</SharedFlowBundle>', undefined, 'FlowCallout'),
  'the whole message': (texts, value) =>
    /^(?:request|message)\.(?:header|queryparam|formparam)\./.test(value.variable)
      ? withNext(texts, value, '<AssignTo type="request"/><Copy source="other"/>')
      : undefined,
  'a new message': (texts, value) =>
    /^(?:request|message)\.header\./.test(value.variable)
      ? withNext(texts, value, '<AssignTo createNew="true" type="request"/>')
      : undefined,
};

const condition = 'request.header.x-mutant = "1"';

function stepOf(name: string, when?: string): string {
  return `<Step><Name>${name}</Name>${when === undefined ? '' : `<Condition>${when}</Condition>`}</Step>`;
}

function assigning(variable: string): string {
  return `<AssignVariable><Name>${variable}</Name><Value>mutant</Value></AssignVariable>`;
}

/** With another policy, right after each step that sets the value. */
function withNext(
  texts: Texts,
  { file, setter }: KnownValue,
  inner: string,
  when?: string,
  kind = 'AssignMessage',
): Texts | undefined {
  const called = inSteps(texts, setter, (whole) => `${whole}${stepOf(added, when)}`);
  const path = file.replace(/[^/]*$/, `${added}.xml`);
  return called && { ...called, [path]: `<${kind} name="${added}">${inner}</${kind}>` };
}

function callsOf(texts: Texts, policy: string): number {
  let count = 0;
  inSteps(texts, policy, (whole) => {
    count += 1;
    return whole;
  });
  return count;
}

function inSteps(
  texts: Texts,
  policy: string,
  change: (whole: string, name: string) => string,
): Texts | undefined {
  return everywhere(texts, (text) =>
    text.replace(step, (whole) => {
      const name = /<Name>\s*([^<]*?)\s*<\/Name>/.exec(whole)?.[1];
      return name === policy ? change(whole, name) : whole;
    }),
  );
}

function everywhere(texts: Texts, change: (text: string) => string): Texts | undefined {
  const next = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
  return Object.entries(next).some(([name, text]) => text !== texts[name]) ? next : undefined;
}

function changed(texts: Texts, file: string, change: (text: string) => string): Texts | undefined {
  const text = texts[file];
  if (text === undefined) return undefined;
  const next = change(text);
  return next === text ? undefined : { ...texts, [file]: next };
}
