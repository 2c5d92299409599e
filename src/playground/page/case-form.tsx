/**
 * @module
 * The case as a form. It edits the YAML, so what it does not show stays.
 */
import type { JSX } from 'preact';
import {
  type CaseFields,
  type CertificateField,
  certificateFields,
  isValue,
  setClaims,
  setField,
  setHeaders,
  type TextField,
} from './case-text.ts';
import { RowsField } from './rows-field.tsx';

interface CaseFormProps {
  readonly text: string;
  /** Undefined if the YAML has an error. */
  readonly fields: CaseFields | undefined;
  readonly onChange: (text: string) => void;
  readonly onYaml: () => void;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

const certificateLabels: Readonly<Record<CertificateField, string>> = {
  subject: 'Subject',
  uri: 'URI SAN',
  dns: 'DNS SAN',
  hash: 'SHA-256 digest',
};

export function CaseForm({ text, fields, onChange, onYaml }: CaseFormProps): JSX.Element {
  if (fields === undefined) {
    return (
      <p class="banner is-bad">
        The YAML has an error, so there is no form.{' '}
        <button type="button" class="button" onClick={onYaml}>
          Show the YAML
        </button>
      </p>
    );
  }
  const field = (name: TextField): { value: string; onChange: (value: string) => void } => ({
    value: fields[name as 'method'] ?? fields.certificate[name as CertificateField] ?? '',
    onChange: (value) => onChange(setField(text, name, value)),
  });
  return (
    <form class="case-form" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Request</legend>
        <div class="request-line">
          <Field label="Method" placeholder="GET" options={methods} {...field('method')} />
          <Field label="Path" placeholder="/" {...field('path')} />
        </div>
        <Field label="Host" placeholder="localhost" {...field('host')} />
        <RowsField
          label="Headers"
          one="header"
          rows={fields.headers}
          onChange={(rows) => onChange(setHeaders(text, rows))}
        />
        <Field label="Time of the request" placeholder="now, or 2026-01-01T00:00:00Z" {...field('at')} />
      </fieldset>
      <fieldset>
        <legend>Caller</legend>
        {fields.claims === undefined && <p class="quiet">Nobody: no claims are verified.</p>}
        <RowsField
          label="Claims"
          one="claim"
          rows={fields.claims ?? []}
          isValid={isValue}
          onChange={(rows) => onChange(setClaims(text, rows) ?? text)}
        />
        {fields.claims !== undefined && <Field label="Known from" placeholder="the first source" {...field('from')} />}
      </fieldset>
      <details class="fold certificate" open={fields.hasCertificate}>
        <summary>Client certificate</summary>
        {certificateFields.map((name) => (
          <Field key={name} label={certificateLabels[name]} placeholder="none" {...field(name)} />
        ))}
      </details>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  /** The default. */
  readonly placeholder: string;
  readonly options?: readonly string[];
  readonly onChange: (value: string) => void;
}

function Field({ label, value, placeholder, options, onChange }: FieldProps): JSX.Element {
  const list = options && `options-${label.toLowerCase()}`;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        list={list}
        autoComplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {options && (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </label>
  );
}
