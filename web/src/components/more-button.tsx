import { Button } from "@/components/ui/button";
import { t } from "@/messages/common";

/** At the end of a list that goes on. */
export function MoreButton({ onMore }: { onMore: (() => void) | null }) {
  if (!onMore) return null;
  return (
    <Button variant="outline" className="self-center" onClick={onMore}>
      {t("showMore")}
    </Button>
  );
}
