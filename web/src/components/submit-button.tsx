import { Button, type ButtonProps } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { useHydrated } from "@/lib/use-hydrated";

/**
 * Sends its form; while that is under way it says so and does nothing more. Nor does it before the page is alive: the
 * browser itself would send the form, with all that is written in it, as an address.
 */
export function SubmitButton({ busy, children, ...props }: ButtonProps & { busy: boolean }) {
  const hydrated = useHydrated();
  return (
    <Button type="submit" disabled={busy || !hydrated} {...props}>
      {busy ? <Spinner /> : null}
      {children}
    </Button>
  );
}
