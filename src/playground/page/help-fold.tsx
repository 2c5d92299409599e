/**
 * @module
 * The page of an error code, folded away.
 */
import type { JSX } from 'preact';

interface HelpFoldProps {
  readonly code: string;
  readonly help: string | undefined;
  readonly isOpen?: boolean;
}

export function HelpFold({ code, help, isOpen = false }: HelpFoldProps): JSX.Element {
  if (help === undefined || help === '') return <code class="code-name">{code}</code>;
  return (
    <details class="fold help-fold" open={isOpen}>
      <summary>
        <code class="code-name">{code}</code>
      </summary>
      <pre class="help-text">{help}</pre>
    </details>
  );
}
