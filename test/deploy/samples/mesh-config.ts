/**
 * @module
 * What istiod would say of MeshConfig and of ProxyConfig, for which there are no CRDs: their definitions in the Go
 * module istio.io/api (`mesh/v1alpha1/*.proto`), read as JSON is read by protobuf, where an unknown field is an error.
 */
import { join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import { goModule, istioModule } from './manifest-schemas.ts';

/** A message of a `.proto` file, as proto-loader gives it, in the part that is read here. */
interface Message {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly Message[];
  readonly enumType: readonly Enumeration[];
  readonly options: { readonly mapEntry?: boolean } | null;
}
interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}
interface Enumeration {
  readonly name: string;
  readonly value: readonly { readonly name: string }[];
}

export type MeshMessage = 'MeshConfig' | 'ProxyConfig';

export class MeshDefinitions {
  /** Messages and enumerations by their full names. */
  readonly #types = new Map<string, Message | Enumeration>();

  private constructor(folder: string) {
    const includeDirs = [folder, join(folder, 'common-protos')];
    for (const [name, { type }] of Object.entries(loadSync('mesh/v1alpha1/config.proto', { includeDirs }))) {
      if (type !== undefined) this.#add(name, type as Message | Enumeration);
    }
  }

  /** Undefined without Go, which fetches the definitions. */
  static load(): MeshDefinitions | undefined {
    const folder = goModule(istioModule);
    return folder === undefined ? undefined : new MeshDefinitions(folder);
  }

  #add(name: string, type: Message | Enumeration): void {
    this.#types.set(name, type);
    if (!('field' in type)) return;
    for (const nested of [...type.nestedType, ...type.enumType]) this.#add(`${name}.${nested.name}`, nested);
  }

  /** A place and what is wrong there, for each fault. */
  faultsIn(name: MeshMessage, value: unknown): readonly string[] {
    return this.#ofMessage(`istio.mesh.v1alpha1.${name}`, value, name);
  }

  #ofMessage(name: string, value: unknown, at: string): readonly string[] {
    const form = wellKnown[name];
    if (form !== undefined) return form(value) ? [] : [`${at}: is not of ${name}`];
    const type = this.#types.get(name);
    if (type === undefined) throw new Error(`${name} is not defined`);
    if (!('field' in type)) {
      return type.value.some((one) => one.name === value) ? [] : [`${at}: is not a value of ${name}`];
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: is not a ${name}`];
    return Object.entries(value).flatMap(([key, member]) => {
      const field = type.field.find((one) => one.name === key);
      return field === undefined ? [`${at}.${key}: is unknown`] : this.#ofField(name, field, member, `${at}.${key}`);
    });
  }

  #ofField(owner: string, field: Field, value: unknown, at: string): readonly string[] {
    if (field.label !== 'LABEL_REPEATED') return this.#ofOne(owner, field, value, at);
    if (Array.isArray(value)) return value.flatMap((one, index) => this.#ofOne(owner, field, one, `${at}[${index}]`));
    return this.#isMap(owner, field) && Object.values(Object(value)).every((one) => typeof one === 'string')
      ? []
      : [`${at}: is not a list`];
  }

  #isMap(owner: string, { type, typeName }: Field): boolean {
    const found = type === 'TYPE_MESSAGE' ? this.#types.get(this.#resolved(owner, typeName)) : undefined;
    return found !== undefined && 'field' in found && found.options?.mapEntry === true;
  }

  #ofOne(owner: string, { type, typeName }: Field, value: unknown, at: string): readonly string[] {
    if (typeName !== '') return this.#ofMessage(this.#resolved(owner, typeName), value, at);
    const isOf = scalars[type];
    if (isOf === undefined) throw new Error(`${type} is not looked at here`);
    return isOf(value) ? [] : [`${at}: is not a ${type}`];
  }

  /** A name is looked up from the innermost scope outwards, as protobuf does. */
  #resolved(owner: string, name: string): string {
    const scopes = owner.split('.');
    for (let length = scopes.length; length >= 0; length--) {
      const full = [...scopes.slice(0, length), name].join('.');
      if (this.#types.has(full)) return full;
    }
    throw new Error(`${name} in ${owner} is not defined`);
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isSwitch: Check = (value) => typeof value === 'boolean';
const isWhole: Check = (value) => Number.isInteger(value);

const scalars: Readonly<Record<string, Check>> = {
  TYPE_STRING: isText,
  TYPE_BOOL: isSwitch,
  TYPE_INT32: isWhole,
  TYPE_UINT32: (value) => isWhole(value) && Number(value) >= 0,
  TYPE_DOUBLE: (value) => typeof value === 'number',
};

/** The messages that JSON writes in a form of their own (protobuf.dev, "ProtoJSON format"). */
const wellKnown: Readonly<Record<string, Check>> = {
  'google.protobuf.Duration': (value) => isText(value) && /^-?\d+(?:\.\d{1,9})?s$/.test(String(value)),
  'google.protobuf.BoolValue': isSwitch,
  'google.protobuf.Int32Value': isWhole,
};
