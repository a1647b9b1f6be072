/* SPDX-License-Identifier: Apache-2.0 */
/* Steps and effects that open cases of others: what is wrong with whom they name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "definition/registry.h"
#include "tests/support/forms.h"

/* The other workflow, which is for enterprises alone. */
static const struct workflow *
shop(void)
{
    const struct workflow *w;
    struct problems problems = {.arena = &forms_arena};

    assert_true(definition_read(
        &forms_arena,
        forms_json("{'id':'shop','title':{'zh':'a','en':'a'},'lead':'approval','effective':"
                   "{'from':'2022-01-01'},'applicant':'enterprise','grounds':{'g':{'title':{'zh':'"
                   "a','en':'a'},'command':true}},'start':'a','steps':{'a':"
                   "{'title':{'zh':'a','en':'a'},'by':'window','openEnded':'a','actions':{'go':"
                   "{'title':{'zh':'a','en':'a'},'to':'z'}}},'z':{'title':{'zh':'a','en':'a'},"
                   "'end':'z'}}}"),
        "shop.json", NULL, NULL, &w, &problems));
    return w;
}

/* Numbers and places of what is wrong, "229 /steps/s/cases/applicant/code; ". */
static const char *
wrong(const char *cases, const char *effect)
{
    struct problems problems = {.arena = &forms_arena};
    struct text t = text_new(&forms_arena);
    const struct workflow *w[2];

    text_str(&t, "");
    if (definition_read(
            &forms_arena,
            forms_json(arena_printf(
                &forms_arena,
                "{'id':'x','title':{'zh':'a','en':'a'},'lead':'approval','effective':{'from':"
                "'2022-01-01'},'applicant':'institution','form':{'type':'object','required':"
                "['name','code','list','codes','texts'],'properties':{'name':{'type':'string'},"
                "'code':{'type':'string','format':'cn-uscc'},'codes':{'type':'array','items':"
                "{'type':'string','format':'cn-uscc'}},'texts':{'type':'array','items':{'type':"
                "'string'}},'list':{'type':'array','items':{'type':'object','required':['who',"
                "'code','n'],'properties':{'who':{'type':'string'},'code':{'type':'string',"
                "'format':'cn-uscc'},'maybe':{'type':'string','format':'cn-uscc'},'n':{'type':"
                "'integer'}}}}}},'grounds':{'g':{'title':{'zh':'a','en':'a'},'command':true}},"
                "'start':'s','steps':{'s':{'title':{'zh':'a','en':'a'},'by':'window',"
                "'limit':'1 working day','to':'t','cases':{'workflow':'shop',%s},'join':'all'},'t':"
                "{'title':{'zh':'a','en':'a'},'by':'window','openEnded':'a','actions':{'go':"
                "{'title':{'zh':'a','en':'a'},'to':'z','input':{'type':'object','required':"
                "['code'],'properties':{'code':{'type':'string','format':'cn-uscc'}}},'do':"
                "[{'open':'shop',%s}]}}},'z':{'title':{'zh':'a','en':'a'},'end':'z'}}}",
                cases, effect)),
            "x.json", NULL, NULL, &w[0], &problems)) {
        w[1] = shop();
        registry_check_kin(registry_build(&forms_arena, w, 2), w, 1, &problems);
    }
    for (size_t i = 0; i < problems.n; i++)
        text_printf(&t, "%d %s; ", problems.item[i].number, problems.item[i].pointer);
    return t.at;
}

#define EACH(who, more) "'each':'form.list','applicant':{" who "}" more
#define GOOD_EACH                                                                                  \
    EACH("'kind':'enterprise','name':{'var':'each.who'},'code':{'var':'each.code'}", "")
#define GOOD_OPEN                                                                                  \
    "'applicant':{'kind':'enterprise','name':{'var':'form.name'},'code':{'var':'input.code'}}"
#define AT_CODE "229 /steps/s/cases/applicant/code; "

static void
whom_a_case_is_opened_for_is_proved(void **state)
{
    static const struct {
        const char *cases, *effect, *wrong;
    } test[] = {
        {GOOD_EACH, GOOD_OPEN, ""},
        {GOOD_EACH ",'cascade':'stop'", GOOD_OPEN, ""},
        {"'each':'form.codes','as':'it','applicant':{'kind':'enterprise','name':{'var':'each.it'},"
         "'code':{'var':'each.it'}}",
         GOOD_OPEN, ""},
        {"'applicant':{'kind':'enterprise','name':{'var':'form.name'},'code':{'var':'form.code'}}",
         GOOD_OPEN, ""},
        {EACH("'kind':'enterprise','name':{'var':'each.who'}", ""), GOOD_OPEN, ""},
        {EACH("'kind':'enterprise','name':'示例'", ",'form':{'of':{'var':'each.n'}}"), GOOD_OPEN,
         ""},
        /* the kind */
        {EACH("'name':{'var':'each.who'}", ""), GOOD_OPEN, "104 /steps/s/cases/applicant; "},
        {EACH("'kind':'individual','name':{'var':'each.who'}", ""), GOOD_OPEN, "224 /steps/s; "},
        {EACH("'kind':'enterprise','name':{'var':'each.who'}", ""), "'form':{}",
         "224 /steps/t; "}, /* for the institution itself */
        /* the name */
        {EACH("'kind':'enterprise'", ""), GOOD_OPEN, "104 /steps/s/cases/applicant; "},
        {EACH("'kind':'enterprise','name':{'var':'each.n'}", ""), GOOD_OPEN,
         "603 /steps/s/cases/applicant/name; "},
        {EACH("'kind':'enterprise','name':{'var':'each.nobody'}", ""), GOOD_OPEN,
         "603 /steps/s/cases/applicant/name; "},
        {"'applicant':{'kind':'enterprise','name':{'var':'each.who'}}", GOOD_OPEN,
         "603 /steps/s/cases/applicant/name; "},
        {GOOD_EACH, "'applicant':{'kind':'enterprise','name':{'var':'each.who'}}",
         "603 /steps/t/actions/go/do/0/applicant/name; "},
        /* the code */
        {EACH("'kind':'enterprise','name':'a','code':{'var':'each.who'}", ""), GOOD_OPEN, AT_CODE},
        {EACH("'kind':'enterprise','name':'a','code':'91371500MA3C00003Q'", ""), GOOD_OPEN,
         AT_CODE},
        {EACH("'kind':'enterprise','name':'a','code':{'if':[true,{'var':'each.code'},'']}", ""),
         GOOD_OPEN, AT_CODE},
        {EACH("'kind':'enterprise','name':'a','code':{'var':'each.maybe'}", ""), GOOD_OPEN,
         "603 /steps/s/cases/applicant/code; "},
        {"'each':'form.texts','as':'it','applicant':{'kind':'enterprise','name':{'var':'each.it'},"
         "'code':{'var':'each.it'}}",
         GOOD_OPEN, AT_CODE},
        /* what is another's */
        {GOOD_EACH ",'cascade':['stop','withdraw']", GOOD_OPEN, "229 /steps/s/cases/cascade; "},
        {GOOD_EACH ",'cascade':'cancel'", GOOD_OPEN, "229 /steps/s/cases/cascade; "},
        {EACH("'kind':'enterprise','name':'a','nam':'b'", ""), GOOD_OPEN,
         "103 /steps/s/cases/applicant/nam; "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(test) / sizeof(test[0]); i++) {
        const char *told = wrong(test[i].cases, test[i].effect);

        if (strcmp(told, test[i].wrong) != 0)
            fail_msg("%s\n%s\nis wrong: %s\nnot:      %s", test[i].cases, test[i].effect, told,
                     test[i].wrong);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whom_a_case_is_opened_for_is_proved, forms_release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
