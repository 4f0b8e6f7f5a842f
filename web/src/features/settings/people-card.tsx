"use client";

import { FormProblem } from "@/components/form-problem";
import { MoreButton } from "@/components/more-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import {
  InvitationsDocument,
  type InvitationsQuery,
  PeopleDocument,
  type PeopleQuery,
} from "@/gql/later/graphql";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/administration";

import { InvitationList } from "./invitation-list";
import { InviteForm } from "./invite-form";
import { type Changed, PersonRow } from "./person-row";

const readPeople = (data: PeopleQuery) => data.users;
const readInvitations = (data: InvitationsQuery) => data.invitations;

/** Who is here, and who may come: only for administrators. */
export function PeopleCard({ viewerId }: { viewerId: string }) {
  const people = usePages(PeopleDocument, {}, readPeople);
  const invitations = usePages(InvitationsDocument, {}, readInvitations);
  const onChanged = (change: Changed) =>
    people.change((person) => (person.id === change.id ? { ...person, ...change } : person));
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("people.title")}</CardTitle>
        <CardDescription>{t("people.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        <InviteForm onInvited={invitations.refresh} />
        <FormProblem text={invitations.problem ?? people.problem} />
        <InvitationList
          invitations={invitations.nodes}
          more={invitations.more}
          onGone={(gone) => invitations.drop(({ id }) => id === gone)}
        />
        <ul aria-label={t("people.list")} className="divide-y">
          {people.nodes.map((person) => (
            <PersonRow key={person.id} person={person} own={person.id === viewerId} onChanged={onChanged} />
          ))}
        </ul>
        <MoreButton onMore={people.more} />
      </CardContent>
    </Card>
  );
}
