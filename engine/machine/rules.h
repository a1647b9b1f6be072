/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_RULES_H
#define MACHINE_RULES_H

/**
 * The number of the core's rules; raised when their meaning changes.
 *   2  A wait until a date ends with that day, not before it; 00:00 sharp is
 *      24:00 of the day before for `case.today` too.  A move taken back has never
 *      driven a clock.
 *      The condition of a `set` is asked once, not again for each of its names.
 *   3  A clock that was late under a limit that is chosen anew while it stands is late no more.
 *      A message that was kept is late as soon as its stay, or every step that takes it, has
 *      been left: a person decides, as of one that comes then.
 *      A withdrawal takes back also what steps at the top had sent that were left before.
 *      What an opening, a withdrawal or the end of a child case has set counts for limits by
 *      condition; the first two must fit the form, as what an action has set does.
 *   4  A clock counts by the calendar of its hall, in the version that held when it
 *      started (K10).
 *   5  A case that moves to another version keeps who signed an action, which four eyes
 *      ask, what is remembered of branches of lists and child cases, and moves with its open
 *      ballots, signatures, lists and child cases where the new version means the same by them.
 *      Where lateness is explained, that of a stage's or the case's clock is, too, by who acts
 *      in the step in which it came.
 *      Kept messages are looked at when something has happened in the case; that somebody
 *      looked at it is nothing that happened.
 *      A decision to which an optional step leads leaves the region with "$done", as any does.
 *      A join that is met by what is learned late is met with the last thing that happened in
 *      its branches, not at the last record.  Silence in a list's branch is contradicted, too.
 *      What an act that is annulled had fetched is as it was before.
 *      What another has marked or written again since is not annulled; a start of what was
 *      left at once is.
 *      A signature ends work on hold, as any acting does; what is taken back is on hold again.
 *      Who gives a notice of what is missing has seen what lay there, too: what it did not
 *      name and is sent back later was overlooked, and taking it in again changes nothing of
 *      that.  What an earlier notice has named is not overlooked by one that does not repeat it.
 *      The check of a promise falls due, in a closed case too.
 *      Who opens a case without an account claims who he is, until somebody of the house has
 *      looked; what he is to hold is fetched then.
 *      A comprehensive certificate of which a part is revoked is in force no more as a whole.
 *      A notice names nothing that shared data have not been asked for, or that the party holds.
 *      That a tolerance ends soon is said once more, where it is to be.
 *      A promise that was found broken stands against its party until it is made good; who may
 *      not promise is told so by an error of its own.
 *      No certificate is issued to somebody who only says who he is: an action that would is
 *      refused, and what follows without a person waits until somebody has looked.
 *      Timers, waits and the deadlines of materials name the version of the calendar they
 *      count by, and are recounted with the clocks; a deadline that was given before, or under
 *      another limit of another version of the workflow, stays.
 *   6  No action issues a certificate that would end before it begins.
 *      What others have written since an act that is annulled stays, and does not keep it from
 *      that; only a name that it wrote itself must not have been written again, nor a mark that it
 *      set, by what came due a moment ago either.  Limits are chosen again by what is written then.
 *      A department's clock that began with it, and whose turn others have brought since, began
 *      then, unless the one comes back that it ended.  An act is not annulled that started a clock
 *      which has been extended since, nor where something was started, and perhaps left, since in
 *      what it opened, nor where the roll of an open ballot would be another.
 *      Messages of a branch that is cancelled, and of a case that is withdrawn, are dropped also
 *      where their step was left before; a case hears of what was dropped.
 *      A case may replace or revoke a certificate that its party holds of another case, which
 *      hears of it.
 *      A stage or parallel step that is left by a message or a timer of its own is left from
 *      outside: what was sent in it is taken back, also by steps that were left before.
 *      A mark that silence has set for an earlier moment is unset, too, when what it did is found
 *      wrong and the case goes on; a clock that it so ends, and that began later, ends where it
 *      began.  A card that was void as the clock had no limit for a while comes again.
 *      What is learned late counts clocks again by all that was, also where nothing else has
 *      been recorded since it happened.
 *      A stay does not come back by an annulment, where a mark of its clocks was set since.
 *      What was due in the step by the annulment of a silent move does not come due again, also
 *      where it was due after that move.  Nobody has claimed a step that comes back.
 *      Who is of a department gives commands only in cases in which it leads, does a step or
 *      issues a certificate, and only in its district.  Outside its own steps they are the
 *      lead's to give (and the hall's), whatever the role.
 *      Who acts and so gives a notice, or leads into a step that stops the clocks on a ground
 *      with a notice, names its document; the fact keeps it (K7).
 *      Cases know which generation of cases that open one another they are; a ninth is refused.
 *      Who owes a material names what shows it, and ends no promise.  What had been tolerated and
 *      is sent back is tolerated as it was before, or has lapsed; it is not tolerated twice.
 *   7  A clock that silence begins for an earlier moment stood whenever the case did since then,
 *      in steps left since, too, not only by the stops of what is active still.
 *      A blue card is void where its clock stands by what is known now, and did not turn blue
 *      before that.
 *      An opening and a withdrawal may say that they happened earlier; the record of such an
 *      opening counts then, and says when it was decided.
 *      A material counts from when it came, where that is recorded later: a tolerance that ended
 *      since had not lapsed, and where that moved the case this is contradicted; a promise that was
 *      found broken since is restored.  An act, too, contradicts what a lapse has moved.  What a
 *      lapse did is annulled without it.
 *      A vote counts from when it came, too, and of two of one voter by that; of a ballot that has
 *      closed since it contradicts the count, with which it is counted when that is annulled.
 *      That is only one that was counted, by its closing instant though that could be done only
 *      later, and who stands where is told by the roll over which it was held.
 *      A case may open cases for other applicants, whom it names and nobody has looked at; they
 *      are not withdrawn with it, nor is it known there what is known here of who asks.
 *      An action may put an element at the end of a list of the form, which is a fact of its own.
 *      A department that the form chooses is decided as its step is entered, and kept with it.
 *      A case moves to a version in which a step chooses for those inside only where these are of
 *      its department; and the clock of a department whose turn comes by the move begins then.
 *      What is due and cannot be done, what follows from the end of a child case, and the
 *      withdrawal by a parent leave no trace but that the case is stuck at it; it is tried again
 *      when something has happened, right after that.  Nothing else is held up by it but what
 *      is behind silence with an effect in law: that had its effect when it was due, so nobody
 *      acts in its step since, no message is taken there, and time and child cases move nothing
 *      there before it; nor does a material come in time whose lapse is stuck.
 *      What an agent did earlier than it is recorded is judged by the mandate he had then, whatever
 *      became of it since.  Mandates end with the closing of a case, not when it is reopened.
 *      Whether a case could be withdrawn earlier than that is recorded is asked of the case as it
 *      was then, with what has been learned of before since; also where silence has moved it.
 *      What an annulled move had passed on its way was passed by nobody.
 *      A case does not move to a version under which nobody could act in it any more and nothing
 *      would come.  The clocks that a move begins come behind those that it keeps.
 *      Who may say that something happened earlier records it without a role of its step, as who
 *      has acted there; no signature, and no answer of an outside system.
 *      An extension that, by what was learned since, was recorded when the clock was due already
 *      is void, until it turns out otherwise.
 *      A child case stands with its parent, and goes on, from when that happened there, where it
 *      was recorded late.
 *      A comprehensive certificate ends no later than what takes the place of its parts, here or in
 *      another case, and a new one takes that in.  None is issued without any part.
 *      Whose certificate it stands in the place of hears when it so ends sooner.
 *      What was done after silence had its effect in law contradicts nothing, also where that was
 *      done only later.
 *      A move begins the clock of a department whose turn it brings, also where that had one
 *      before the case was reopened.
 */
enum { MACHINE_RULES = 7 };

#endif
