import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0001_initial'),
        ('pipeline', '0004_index_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthlyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_start', models.DateField(help_text='first day of the sales month')),
                ('revenue_minor', models.BigIntegerField(help_text='net of refunds, in minor currency units')),
                ('active_reps', models.PositiveIntegerField(default=1, help_text='people who sold in that month')),
                ('rep', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='monthly_totals', to='organization.rep')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='monthly_totals', to='organization.team')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('rep__isnull', True)), fields=('team', 'month_start'), name='monthly_total_once_a_team'),
                    models.UniqueConstraint(condition=models.Q(('rep__isnull', False)), fields=('rep', 'month_start'), name='monthly_total_once_a_rep'),
                    models.CheckConstraint(condition=models.Q(('team__isnull', False), ('rep__isnull', False), _connector='OR'), name='monthly_total_of_somebody'),
                ],
            },
        ),
    ]
