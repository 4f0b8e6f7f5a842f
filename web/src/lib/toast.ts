import type { ExternalToast } from "sonner";

type Sonner = typeof import("sonner").toast;

// Sonner is loaded with the first toast, not with the first page.
let loading: Promise<Sonner> | undefined;

async function sonner(): Promise<Sonner> {
  loading ??= import("@/components/ui/sonner").then(({ mountToaster }) => mountToaster());
  return loading;
}

/** Shows a short message; `toast.error` and `toast.success` say what kind it is. */
export function toast(message: string, options?: ExternalToast): void {
  void sonner().then((show) => show(message, options));
}

toast.error = (message: string, options?: ExternalToast): void => {
  void sonner().then((show) => show.error(message, options));
};

toast.success = (message: string, options?: ExternalToast): void => {
  void sonner().then((show) => show.success(message, options));
};
