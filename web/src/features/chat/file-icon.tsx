import { FileText, ImageIcon } from "lucide-react";

/** A small picture of what a file is, or of the file itself. */
export function FileIcon({ picture, preview }: { picture: boolean; preview: string | null }) {
  if (preview) {
    return (
      // biome-ignore lint/performance/noImgElement: a static export has no image optimizer, and these are small already
      <img src={preview} alt="" className="size-8 shrink-0 rounded-md object-cover" />
    );
  }
  const Icon = picture ? ImageIcon : FileText;
  return <Icon aria-hidden className="size-5 shrink-0 text-muted-foreground" />;
}
