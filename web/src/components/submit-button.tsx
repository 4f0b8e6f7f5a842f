import { Button, type ButtonProps } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";

/** Sends its form; while that is under way it says so and does nothing more. */
export function SubmitButton({ busy, children, ...props }: ButtonProps & { busy: boolean }) {
  return (
    <Button type="submit" disabled={busy} {...props}>
      {busy ? <Spinner /> : null}
      {children}
    </Button>
  );
}
