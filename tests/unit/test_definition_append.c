/* SPDX-License-Identifier: Apache-2.0 */
/* What may be put at the end of which list, and by what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/definition.h"
#include "tests/support/forms.h"

/* Numbers and places of what is wrong with effects of an action, and with those on entry. */
static const char *
wrong(const char *acts, const char *enters)
{
    struct problems problems = {.arena = &forms_arena};
    struct text t = text_new(&forms_arena);
    const struct workflow *w;

    text_str(&t, "");
    if (definition_read(
            &forms_arena,
            forms_json(arena_printf(
                &forms_arena,
                "{'id':'x','title':{'zh':'a','en':'a'},'lead':'approval','effective':{'from':"
                "'2022-01-01'},'applicant':'enterprise','form':{'type':'object','required':['name']"
                ","
                "'properties':{'name':{'type':'string'},'deep':{'type':'object','properties':{'"
                "texts':"
                "{'type':'array','maxItems':9,'items':{'type':'string'}}}},'texts':{'type':'array',"
                "'maxItems':9,'items':{'type':'string'}},'endless':{'type':'array','items':{'type':"
                "'string'}},'lists':{'type':'array','maxItems':9,'items':{'type':'array'}},'things'"
                ":"
                "{'type':'array','maxItems':9},'visits':{'type':'array','maxItems':9,'items':{'"
                "type':"
                "'object','required':['by'],'properties':{'by':{'type':'string'},'n':{'type':"
                "'integer'}}}}}},'start':'s','steps':{'s':{'title':{'zh':'a','en':'a'},'by':'"
                "window',"
                "'openEnded':'a'%s,'actions':{'go':{'title':{'zh':'a','en':'a'},'to':'z','do':[%s]}"
                "}},"
                "'z':{'title':{'zh':'a','en':'a'},'end':'z'}}}",
                *enters ? arena_printf(&forms_arena, ",'do':[%s]", enters) : "", acts)),
            "x.json", NULL, NULL, &w, &problems))
        return "";
    for (size_t i = 0; i < problems.n; i++)
        text_printf(&t, "%d %s; ", problems.item[i].number, problems.item[i].pointer);
    return t.at;
}

#define DO "/steps/s/actions/go/do/0"

static void
an_element_fits_its_list(void **state)
{
    static const struct {
        const char *acts, *enters, *wrong;
    } test[] = {
        {"{'append':{'form.texts':{'var':'form.name'}}}", "", ""},
        {"{'append':{'form.texts':'a','form.deep.texts':'b'},'when':true}", "", ""},
        {"{'append':{'form.visits':{'by':{'var':'actor.id'},'n':3}}}", "", ""},
        {"{'append':{'form.visits':{'by':'a'}}}", "", ""},
        /* no such list */
        {"{'append':{'form.name':'a'}}", "", "605 " DO "/append/form.name; "},
        {"{'append':{'form.nothing':'a'}}", "", "605 " DO "/append/form.nothing; "},
        {"{'append':{'case.texts':'a'}}", "", "605 " DO "/append/case.texts; "},
        {"{'append':{'form.lists':[]}}", "", "605 " DO "/append/form.lists; "},
        {"{'append':{'form.things':'a'}}", "", "605 " DO "/append/form.things; "},
        {"{'append':{'form.endless':'a'}}", "", "605 " DO "/append/form.endless; "},
        /* no such element */
        {"{'append':{'form.texts':3}}", "", "603 " DO "/append/form.texts; "},
        {"{'append':{'form.visits':'a'}}", "", "102 " DO "/append/form.visits; "},
        {"{'append':{'form.visits':{}}}", "", "113 " DO "/append/form.visits; "},
        {"{'append':{'form.visits':{'n':3}}}", "", "605 " DO "/append/form.visits; "},
        {"{'append':{'form.visits':{'by':'a','n':'b'}}}", "", "603 " DO "/append/form.visits/n; "},
        {"{'append':{'form.visits':{'by':'a','who':'b'}}}", "",
         "605 " DO "/append/form.visits/who; "},
        /* said otherwise, or where nobody would be told */
        {"{'append':{}}", "", "113 " DO "/append; "},
        {"{'append':{'form.texts':'a'},'whn':true}", "", "103 " DO "/whn; "},
        {"{'send':'tax'}", "{'append':{'form.texts':'a'}}", "109 /steps/s/do/0/append; "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(test) / sizeof(test[0]); i++) {
        const char *told = wrong(test[i].acts, test[i].enters);

        if (strcmp(told, test[i].wrong) != 0)
            fail_msg("%s %s\nis wrong: %s\nnot:      %s", test[i].acts, test[i].enters, told,
                     test[i].wrong);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_element_fits_its_list, forms_release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
