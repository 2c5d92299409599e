/**
 * @module
 * The types and constants that DataWeave's modules declare. The types are written in DataWeave, and parsed on first
 * use.
 */
import { SourceText } from '../../diagnostics/source-text.ts';
import { defineTypes } from './declared-types.ts';
import { parseNumber } from './numbers.ts';
import { parse } from './parser.ts';
import { type Meaning, Scope } from './scope.ts';
import { namedTypes } from './type-values.ts';
import { ObjectValue, type Value } from './values.ts';

const declarations: Readonly<Record<string, string>> = {
  'dw::Core': `
    type Dictionary<T> = {_?: T}
    type Comparable = String | Number | Boolean | DateTime | LocalDateTime | Date | LocalTime | Time | TimeZone
    type SimpleType =
      String | Boolean | Number | DateTime | LocalDateTime | Date | LocalTime | Time | TimeZone | Period
    type StringCoerceable =
      String | Boolean | Number | DateTime | LocalDateTime | Date | LocalTime | Time | TimeZone | Period | Key | Binary |
      Uri | Type | Regex | Namespace
    type Pair<LEFT, RIGHT> = {l: LEFT, r: RIGHT}
    type Result<T, E> = {success: true, result: T} | {success: false, error: E}
    type LogLevel = "Debug" | "Info" | "Warn" | "Error"
    type Iterator = Array {iterator: true}
    type Enum = String {enumeration: true}
    type NaN = Null {NaN: true}
    type CData = String {cdata: true}`,
  'dw::core::Dates': `
    type Zoned = {timeZone: TimeZone}
    type DateFactory = {day: Number, month: Number, year: Number}
    type LocalTimeFactory = {hour: Number, minutes: Number, seconds: Number}
    type TimeFactory = LocalTimeFactory & Zoned
    type DateTimeFactory = DateFactory & LocalTimeFactory & Zoned
    type LocalDateTimeFactory = DateFactory & LocalTimeFactory`,
  'dw::core::Types': `
    type QName = {localName: String, namespace: Namespace | Null}
    type Attribute = {name: QName, required: Boolean, value: Type}
    type Field = {key: {name: QName, attributes: Array<Attribute>}, required: Boolean, repeated: Boolean, value: Type}
    type FunctionParam = {paramType: Type, optional: Boolean}`,
  'dw::core::URL': `
    type URI = {isValid: Boolean, raw: String, host?: String, authority?: String, fragment?: String, path?: String,
      port?: Number, query?: String, scheme?: String, user?: String, isAbsolute?: Boolean, isOpaque?: Boolean}`,
  'dw::util::Coercions': `
    type RoundingMode = "UP" | "DOWN" | "CEILING" | "FLOOR" | "HALF_UP" | "HALF_DOWN" | "HALF_EVEN"
    type MillisOrSecs = "milliseconds" | "seconds"
    type PeriodUnits = "hours" | "minutes" | "seconds" | "milliseconds" | "nanos"
    type Formatter = {format?: String, locale?: String}`,
  'dw::util::Math': `
    type RoundUp = "UP" type RoundDown = "DOWN" type RoundCeiling = "CEILING" type RoundFloor = "FLOOR"
    type RoundHalfUp = "HALF_UP" type RoundHalfDown = "HALF_DOWN" type RoundHalfEven = "HALF_EVEN"
    type RoundUnnecessary = "UNNECESSARY"
    type RoundingMode = RoundUp | RoundDown | RoundCeiling | RoundFloor | RoundHalfUp | RoundHalfDown | RoundHalfEven |
      RoundUnnecessary
    type OperationContext = {| precision?: Number, roundingMode?: RoundingMode |}`,
  'dw::util::Tree': `
    type PathElement = {| kind: "Object" | "Attribute" | "Array", selector: String | Number, namespace: Namespace | Null |}
    type Path = Array<PathElement>`,
  'dw::util::Values': 'type UpdaterValueProvider<R> = ((Any, Number) -> Any) -> R',
};

const constants: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  'dw::util::Math': {
    E: parseNumber('2.7182818284590452354') ?? null,
    PI: parseNumber('3.14159265358979323846') ?? null,
    DECIMAL_128_CONTEXT: new ObjectValue(['precision', 'roundingMode'], [34, 'HALF_EVEN']),
    UNLIMITED_CONTEXT: new ObjectValue(['precision', 'roundingMode'], [0, 'HALF_UP']),
  },
  'dw::util::Tree': { OBJECT_TYPE: 'Object', ATTRIBUTE_TYPE: 'Attribute', ARRAY_TYPE: 'Array' },
};

const cache = new Map<string, ReadonlyMap<string, Meaning>>();

function typeByName(name: string): Meaning | undefined {
  const type = namedTypes.get(name);
  return type === undefined ? undefined : { kind: 'type', type };
}

/** The types and constants of a module. */
export function typesOfModule(module: string): ReadonlyMap<string, Meaning> {
  const found = cache.get(module);
  if (found !== undefined) return found;
  const text = Object.hasOwn(declarations, module) ? declarations[module] : undefined;
  const made = text === undefined ? new Map<string, Meaning>() : declaredTypes(module, text);
  for (const [name, value] of Object.entries(constants[module] ?? {})) made.set(name, { kind: 'constant', value });
  cache.set(module, made);
  return made;
}

function declaredTypes(module: string, text: string): Map<string, Meaning> {
  const source = SourceText.ofFile(module, `${text}\n--- null`);
  const scope = new Scope(undefined, typeByName);
  const script = parse(source);
  defineTypes(script.declarations, scope, source);
  const found = new Map<string, Meaning>();
  for (const { name } of script.declarations) {
    const meaning = scope.find(name);
    if (meaning !== undefined) found.set(name, meaning);
  }
  return found;
}
