/**
 * @module
 * JSON in colours.
 */
import type { JSX } from 'preact';
import { indentedJson, jsonPieces } from './json-text.ts';

export function JsonView({ json }: { readonly json: string }): JSX.Element {
  return (
    <code class="json">
      {jsonPieces(indentedJson(json)).map(([kind, text], index) => (
        <span key={index} class={`json-${kind}`}>
          {text}
        </span>
      ))}
    </code>
  );
}
