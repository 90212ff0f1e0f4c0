from __future__ import annotations

from django.urls import path, re_path

from pacemark.web.results.views import cards, cases, credit, home, luck, reviews

app_name = "results"
urlpatterns = [
    path("", home.home, name="home"),
    path("person/<int:rep_id>/", home.person, name="person"),
    path("luck/", luck.luck, name="luck"),
    path("deals/", credit.deals, name="deals"),
    path("deals/<int:deal_id>/credit/", credit.credit, name="credit"),
    path("offers/<int:offer_id>/", credit.decide, name="decide_offer"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<int:review_id>/", reviews.review, name="review"),
    path("reviews/<int:review_id>.pdf", reviews.pdf, name="review_pdf"),
    path("reviews/<int:review_id>/words/", reviews.words, name="review_words"),
    path("reviews/<int:review_id>/actions/", reviews.decide, name="review_decide"),
    path("reviews/<int:review_id>/agree/", reviews.agree, name="review_agree"),
    path("reviews/<int:review_id>/archive/", reviews.archive, name="review_archive"),
    path("reviews/actions/<int:action_id>/", reviews.settle, name="review_settle"),
    path("cases/", cases.cases, name="cases"),
    path("cases/propose/", cases.propose, name="propose_case"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/worksheet/", cases.worksheet, name="case_worksheet"),
    path("cases/<int:case_id>/adopt/", cases.adopt, name="adopt_case"),
    path("cases/<int:case_id>/leave/", cases.leave, name="leave_case"),
    path("cards/", cards.cards, name="cards"),
    path("cards/consent/", cards.consent, name="consent"),
    re_path(r"^cards/(?P<card_id>[0-9]{1,12})\.(?P<form>png|svg)$", cards.picture, name="card"),
    path("cards/<int:card_id>/send/", cards.send, name="send_card"),
]
