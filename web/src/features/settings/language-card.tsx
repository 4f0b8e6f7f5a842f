"use client";

import { ChoiceField } from "@/components/choice-field";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { chooseLanguage, chosenLanguage, LANGUAGES, type Language } from "@/lib/language";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";

const BROWSER = "browser";

export function LanguageCard() {
  const choices = [
    { value: BROWSER, name: t("language.browser") },
    ...Object.entries(LANGUAGES).map(([value, name]) => ({ value, name })),
  ];
  const choose = (value: string) => {
    chooseLanguage(value === BROWSER ? null : (value as Language)).catch(() =>
      toast.error(t("language.failed")),
    );
  };
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("language.title")}</CardTitle>
        <CardDescription>{t("language.about")}</CardDescription>
      </CardHeader>
      <CardContent>
        <ChoiceField
          label={t("language.title")}
          choices={choices}
          defaultValue={chosenLanguage() ?? BROWSER}
          onValueChange={choose}
        />
      </CardContent>
    </Card>
  );
}
