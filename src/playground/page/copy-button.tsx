/**
 * @module
 * Copies a text. If the browser does not allow it, the text is shown to be copied by hand.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import { TextDialog } from './text-dialog.tsx';

interface CopyButtonProps {
  readonly label: string;
  /** What was copied, for the title of the dialog and the announcement. */
  readonly what: string;
  readonly icon?: IconName;
  /** Undefined if there is nothing to copy; then it has been said why. */
  readonly text: () => string | undefined | Promise<string | undefined>;
}

/** Milliseconds for which the button says that it has copied. */
const thanks = 2_000;

export function CopyButton({ label, what, icon = 'copy', text }: CopyButtonProps): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const [byHand, setByHand] = useState<string>();
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), thanks);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    const copied = await text();
    if (copied === undefined) return;
    try {
      await navigator.clipboard.writeText(copied);
      setCopied(true);
    } catch {
      // The browser asks the user, or the page has no right to the clipboard.
      setByHand(copied);
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={isCopied ? 'pass' : icon} />
        {isCopied ? (
          'Copied'
        ) : (
          <span>
            {!label.startsWith('Copy') && <span class="unseen">Copy </span>}
            {label}
          </span>
        )}
      </button>
      <span class="unseen" role="status">
        {isCopied ? `The ${what} is copied.` : ''}
      </span>
      {byHand !== undefined && (
        <TextDialog title={`Copy the ${what}`} text={byHand} onClose={() => setByHand(undefined)} />
      )}
    </>
  );
}
