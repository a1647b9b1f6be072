/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODEL_CONSTRUCT_H
#define TESTS_MODEL_CONSTRUCT_H

/* What a life must come to, so that the comparison means something. */
#define CONSTRUCT_LIST(X)                                                                          \
    X(TIMER, "a timer or the end of a wait")                                                       \
    X(DEEMED, "silence with an effect in law")                                                     \
    X(DEEMED_SINCE, "marks that silence sets for an earlier moment")                               \
    X(DEEMED_STOOD, "a clock that so begins, later due by steps left since")                       \
    X(DECISION, "a decision")                                                                      \
    X(TABLE, "a decision table")                                                                   \
    X(COLLECTED, "a table that collects")                                                          \
    X(JOINED, "a join")                                                                            \
    X(QUORUM, "a quorum")                                                                          \
    X(ELSE, "the else of a join")                                                                  \
    X(LIST, "branches of a list")                                                                  \
    X(STOPPED, "a stop by command")                                                                \
    X(RESTS, "work on hold")                                                                       \
    X(GOES_ON, "work that goes on")                                                                \
    X(EXTENDED, "an extension")                                                                    \
    X(EXTENDED_LATE, "an extension that turns out to have come too late")                          \
    X(AMENDED, "an amended form")                                                                  \
    X(APPENDED, "an element that is put at the end of a list")                                     \
    X(CHOSEN, "a limit chosen again")                                                              \
    X(ANNULLED, "an act taken back")                                                               \
    X(ANNULLED_OLDER, "an older act taken back")                                                   \
    X(WITHDRAWN, "a withdrawal")                                                                   \
    X(STARTED, "an optional step")                                                                 \
    X(TAKEN_OVER, "an optional step that takes the region elsewhere")                              \
    X(IN_LANE, "a case in a lane")                                                                 \
    X(MOVED_LANE, "a case that is moved to another lane, or out of one")                           \
    X(OUTAGE, "an outage of the hall")                                                             \
    X(OUTAGE_KEPT, "a limit thought broken that an outage has kept")                               \
    X(OUTAGE_OF_NONE, "an outage before the opening, or that was told before")                     \
    X(EXPLAINED, "lateness that is explained")                                                     \
    X(EXPLAINED_AROUND, "the lateness of a limit around the step")                                 \
    X(MONTHS, "a limit in months or years")                                                        \
    X(DATED, "a limit that is a date")                                                             \
    X(DATED_MOMENT, "a limit that is a moment")                                                    \
    X(STAY_CLOCK, "a clock of a stay beside its limit")                                            \
    X(STAY_CLOCK_ENDED, "one that another mark ends before the stay is left")                      \
    X(OVER, "a clock over some regions only")                                                      \
    X(BLUE, "a blue card")                                                                         \
    X(BLUE_VOID, "a blue card that is void as the date has moved")                                 \
    X(LABELLED, "a label by command, or taken off")                                                \
    X(LABEL_EFFECT, "a label by an effect, or taken off")                                          \
    X(CLAIMED, "a step that is claimed")                                                           \
    X(CLAIM_OVER, "a claim whose time is over when another acts")                                  \
    X(RELEASED, "a claim that is given back")                                                      \
    X(SAYS_HIMSELF, "a case whose applicant says himself who he is")                               \
    X(IDENTIFIED, "somebody looks who asks")                                                       \
    X(IDENTIFIED_IN_ACT, "the same with what he does in a step")                                   \
    X(IDENTIFIED_KIN, "child cases that hear who asks")                                            \
    X(NAMED, "a case whose applicant another case has named")                                      \
    X(HEARD_WHO, "a case that hears from its parent who asks")                                     \
    X(OTHERS, "child cases of another applicant")                                                  \
    X(OPENED_OTHER, "a case that is opened apart for another applicant")                           \
    X(HELD, "a material for which a certificate stands that the party holds")                      \
    X(HELD_AT_NOTICE, "one that is fetched when a notice is given")                                \
    X(OWN_CLOCK, "clocks of two departments or more")                                              \
    X(MATERIAL, "a material")                                                                      \
    X(LAPSED, "a tolerance that ends")                                                             \
    X(BROKEN, "a promise that was false")                                                          \
    X(NOTICE, "a notice of what is missing")                                                       \
    X(NOTICE_LATE, "a notice that a supervisor let ask for what was overlooked")                   \
    X(FALSE_ASKED, "a material asked for again as its promise was false")                          \
    X(SPOILT, "a material that lay there at a notice, and is sent back later")                     \
    X(STANDS_AGAIN, "a tolerance that stands again")                                               \
    X(SOUGHT, "a material that was sought in vain")                                                \
    X(FOUND, "a material that an effect has fetched")                                              \
    X(UNCHECKED, "a promise that nobody has checked in time")                                      \
    X(UNCHECKED_CLOSED, "the same when the case is closed")                                        \
    X(LATE_FACT, "what is learned late")                                                           \
    X(CONTRADICTED, "an act that silence has overtaken")                                           \
    X(RECORDED_FOR, "an act that somebody without a role of the step records for others")          \
    X(OPENED_LATE, "a case that is opened later than it was handed in")                            \
    X(OPENED_OVERDUE, "the same where time has moved it by then")                                  \
    X(WITHDRAWN_LATE, "a withdrawal that is learned late")                                         \
    X(WITHDRAWN_IN_VAIN, "a withdrawal that silence has overtaken")                                \
    X(WITHDRAWN_AS_THEN, "one that could be then, and could not be now")                           \
    X(CAME_EARLIER, "a material that came before that is recorded")                                \
    X(HAD_NOT_LAPSED, "one that had come before its tolerance ended")                              \
    X(LAPSE_CONTRADICTED, "the same where that has moved the case")                                \
    X(LAPSE_ANNULLED, "what that did is annulled")                                                 \
    X(SILENCE_ANNULLED, "what silence did is annulled")                                            \
    X(RECONCILED, "a contradiction that is reconciled")                                            \
    X(RESTORED, "a contradicted case that is reopened")                                            \
    X(RESTORED_SINCE, "the same where silence had set a mark for an earlier moment")               \
    X(REOPENED, "a case that is reopened")                                                         \
    X(HEARD, "a message that is taken at once")                                                    \
    X(EARLY, "an early message")                                                                   \
    X(KEPT, "a kept message that is taken")                                                        \
    X(LATE, "a late message")                                                                      \
    X(TWICE, "a message that comes twice")                                                         \
    X(EXPIRED, "a message that expires")                                                           \
    X(SETTLED, "a message a person settles")                                                       \
    X(SIGNED, "a signature")                                                                       \
    X(LAST_SIGNED, "the last signature")                                                           \
    X(VOTED, "a vote")                                                                             \
    X(VOTED_AGAIN, "a vote that takes the place of another")                                       \
    X(COUNTED, "a ballot that is counted")                                                         \
    X(VOTE_EARLIER, "a vote that came before that is recorded")                                    \
    X(COUNT_CONTRADICTED, "one that came before a ballot closed which has closed since")           \
    X(COUNTED_AGAIN, "a ballot that is opened again for it")                                       \
    X(COMMITTED, "a commitment to a draw")                                                         \
    X(DRAWN, "a random draw")                                                                      \
    X(ISSUED, "a certificate")                                                                     \
    X(WHOLE, "a comprehensive certificate")                                                        \
    X(STUCK, "something due that could not be done")                                               \
    X(BEHIND_SILENCE, "what is refused as silence had its effect in law, though not done")         \
    X(MOVE_BEHIND, "what is due itself and waits for that")                                        \
    X(LETTER_BEHIND, "a message that waits for that")                                              \
    X(BEFORE_SILENCE, "an act in time that is recorded then")                                      \
    X(FALLEN, "a material that comes when a lapse that could not be done is due")                  \
    X(WITHHELD, "a certificate that is withheld from who only says who he is")                     \
    X(GIVEN, "one that is issued when somebody has looked")                                        \
    X(REVOKED, "a certificate that is revoked")                                                    \
    X(REPLACED, "a certificate that is replaced")                                                  \
    X(PART_REVOKED, "a certificate of which a part is revoked")                                    \
    X(UNDONE, "a message that takes one back")                                                     \
    X(DROPPED, "a message that is dropped if it has not gone")                                     \
    X(AWAITED, "an answer that something was taken back")                                          \
    X(KIN, "child cases")                                                                          \
    X(CONCLUDED, "a child case that ends")                                                         \
    X(OPENED, "a case that is opened apart")                                                       \
    X(OPENED_AGAIN, "one opened apart that is tried again")                                        \
    X(STOOD_AS_CHILDREN, "a step that stands with its child cases")                                \
    X(TOLD_CHILDREN, "child cases that are made to stand")                                         \
    X(TOLD_PARENT, "a parent case that is told of standing")                                       \
    X(STOOD_WITH_PARENT, "a case that stands with its parent")                                     \
    X(STOOD_WITH_PARENT_LATE, "the same, as the parent says late")                                 \
    X(TOLD_LATE, "a stop that is told to children as it was recorded, late")                       \
    X(RETRIED, "a child case that is tried again")                                                 \
    X(RECALLED, "a child case that is recalled")                                                   \
    X(BUREAU, "a step whose department a field has chosen")                                        \
    X(BUREAU_OF_ELEMENT, "one whose department is the element of its list")                        \
    X(BUREAU_KEPT, "one that keeps it when the field says another")                                \
    X(SHORTENED, "a certificate that ends sooner as what it comprises does")

enum construct {
#define X(name, text) SEEN_##name,
    CONSTRUCT_LIST(X)
#undef X
        CONSTRUCTS
};
const char *model_construct_name(enum construct c);

#endif
